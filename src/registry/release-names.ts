import { UsageError } from "../errors.ts";
import {
  attestationPath,
  type ModelPlaces,
  modelSignaturePath,
  parametersFile,
} from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";

export interface NamedFiles {
  manifest: Manifest;
  places: ModelPlaces;
  /** Files of the model's folder: path in it to path in the store. */
  own: ReadonlyMap<string, string>;
  /** Signatures that lie beside the manifest, by path in the store. */
  there: ReadonlySet<string>;
  /** The model's name in the registry. */
  name: string;
}

/**
 * Which file of the store becomes which file of the version's folder, as AWML has it: checkpoint, configuration and log by
 * their own names, the graph as `<name>.onnx`; what is about the model beside them. Throws `UsageError` where two files
 * would get one name.
 */
export function releaseNames({
  manifest,
  places,
  own,
  there,
  name,
}: NamedFiles): Map<string, string> {
  const names = new Map<string, string>();
  const add = (as: string, path: string) => {
    const taken = names.get(as);
    if (taken !== undefined && taken !== path) throw twice(as, taken, path);
    names.set(as, path);
  };

  for (const { path } of manifest.files) {
    if (path.startsWith(places.edge))
      add(renamed(path.slice(places.edge.length), name), path);
    if (path === `${places.evidence}verdict.json`) add("verdict.json", path);
  }
  add("manifest.json", places.manifest);
  for (const beside of [attestationPath, modelSignaturePath]) {
    const path = beside(places.manifest);
    if (there.has(path)) add(path.slice(places.edge.length), path);
  }
  for (const [relative, path] of own) add(relative, path);

  return names;
}

/** The graph and its parameters get the model's name; files with weights are named inside the graph. */
function renamed(file: string, name: string): string {
  if (/^[^/]+\.param\.yaml$/.test(file)) return parametersFile(name);
  return /^[^/]+\.onnx$/.test(file) ? `${name}.onnx` : file;
}

function twice(as: string, taken: string, path: string): UsageError {
  return new UsageError(
    `${taken} and ${path} would both be ${as} of the release`,
    {
      code: "release-name",
      hint: "rename one of them in the model's folder, or leave it out of release.files",
    },
  );
}
