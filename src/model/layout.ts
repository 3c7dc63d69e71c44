import { isBelow } from "../disk/is-below.ts";
import { UsageError } from "../errors.ts";
import { FLAT_NAME } from "./find-models.ts";

/** Folders of a branch, without a `/` at the end. `evidence` lies beside `edge`. */
export interface BranchPaths {
  model: string;
  edge: string;
  evidence: string;
}

/** The three folders, from the two that are settings; paths from the branch's root. */
export function branchPaths(model: string, edge: string): BranchPaths {
  const parent = edge.slice(0, edge.lastIndexOf("/") + 1);
  return { model, edge, evidence: `${parent}evidence` };
}

/**
 * The same, for commands that publish. Throws `UsageError` where one folder lies in another: what is published would be
 * input then, or one of the two places would hide the other.
 */
export function separatePaths(model: string, edge: string): BranchPaths {
  const paths = branchPaths(model, edge);
  const places = Object.values(paths);

  for (const [at, place] of places.entries())
    for (const other of places.slice(at + 1))
      if (isBelow(place, other) || isBelow(other, place))
        throw new UsageError(
          `with \`model-path\` ${model} and \`edge-path\` ${edge}, models, edge models and evidence would lie in ${places.join(", ")}, and ${place} and ${other} overlap`,
          {
            code: "setting",
            hint: "choose folders of which none lies in another; evidence lies beside the edge models, in a folder `evidence`",
          },
        );

  return paths;
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

/** Files in a model's published folder that are made anew of its references by every validation. */
export const GOLDEN_FILE = "golden.safetensors";
export const README_FILE = "README.txt";

/** One class a line; beside `<model>.param.yaml`. */
export const LABEL_FILE = "label.txt";

/** Name of a model's runtime parameters. */
export function parametersFile(model: string): string {
  return `${model}.param.yaml`;
}

/** All that is made anew by every validation. */
export function deviceFiles(model: string): string[] {
  return [GOLDEN_FILE, README_FILE, LABEL_FILE, parametersFile(model)];
}

/** Where the attestation of a manifest lies: beside it. */
export function attestationPath(manifest: string): string {
  return `${manifest.slice(0, manifest.lastIndexOf("/") + 1)}attestation.json`;
}

/** Where OpenSSF's signature of a published folder lies, where there is one. */
export function modelSignaturePath(manifest: string): string {
  return `${manifest.slice(0, manifest.lastIndexOf("/") + 1)}model.sig`;
}

/** Whether a path from the branch's root is where a model's manifest lies: `<edge>/[<name>/]manifest.json`. */
export function isManifestPath(
  path: string,
  { edge }: Pick<BranchPaths, "edge">,
): boolean {
  if (!path.startsWith(`${edge}/`)) return false;

  const parts = path.slice(edge.length + 1).split("/");
  return parts.at(-1) === "manifest.json" && parts.length <= 2;
}

/** Whether a path lies in a model's own two folders: nothing else of a branch is its to list, to land or to remove. */
export function isIn({ edge, evidence }: ModelPlaces, path: string): boolean {
  return path.startsWith(edge) || path.startsWith(evidence);
}
