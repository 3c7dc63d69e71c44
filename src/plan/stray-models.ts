import { FLAT_NAME } from "../model/find-models.ts";
import { type BranchPaths, placesOf } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";

/**
 * ONNX files in a model's published folder that no manifest lists: a device may take one for the proved model. `paths`
 * are what is published on the branch; of a model directly in `model/`, only files directly in `edge/` are its own.
 */
export function strayModels(
  name: string,
  paths: BranchPaths,
  published: Iterable<string>,
  manifests: Iterable<Pick<Manifest, "files">>,
): string[] {
  const { edge } = placesOf(name, paths);
  const listed = new Set(
    [...manifests].flatMap(({ files }) => files.map(({ path }) => path)),
  );
  const isOwn = (path: string) =>
    path.startsWith(edge) &&
    (name !== FLAT_NAME || !path.slice(edge.length).includes("/"));

  return [...published]
    .filter((path) => isOwn(path) && /\.onnx$/i.test(path))
    .filter((path) => !listed.has(path))
    .sort();
}
