import { FLAT_NAME } from "./find-models.ts";

/** Folders of a branch, without a `/` at the end. `evidence` lies beside `edge`. */
export interface BranchPaths {
  model: string;
  edge: string;
  evidence: string;
}

export function branchPaths(store: {
  modelPath: string;
  edgePath: string;
}): BranchPaths {
  const parent = store.edgePath.slice(0, store.edgePath.lastIndexOf("/") + 1);
  return {
    model: store.modelPath,
    edge: store.edgePath,
    evidence: `${parent}evidence`,
  };
}

/** Where one model is published: prefixes that end in `/`, and the path of its manifest. */
export interface ModelPlaces {
  edge: string;
  evidence: string;
  manifest: string;
}

export function placesOf(name: string, paths: BranchPaths): ModelPlaces {
  const child = name === FLAT_NAME ? "" : `${name}/`;
  const edge = `${paths.edge}/${child}`;

  return {
    edge,
    evidence: `${paths.evidence}/${child}`,
    manifest: `${edge}manifest.json`,
  };
}
