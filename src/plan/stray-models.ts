import { FLAT_NAME } from "../model/find-models.ts";
import { type BranchPaths, placesOf } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";

/** Published ONNX files that no manifest lists, in order: a device may take one for a proved model. */
export function unlistedModels(
  published: Iterable<string>,
  manifests: Iterable<Pick<Manifest, "files">>,
): string[] {
  const listed = new Set<string>();
  for (const { files } of manifests)
    for (const { path } of files) if (isOnnx(path)) listed.add(path);

  const unlisted: string[] = [];
  for (const path of published)
    if (isOnnx(path) && !listed.has(path)) unlisted.push(path);

  return unlisted.sort();
}

function isOnnx(path: string): boolean {
  return /\.onnx$/i.test(path);
}

/** Those of them in a model's published folder; of a model directly in `model/`, only files directly in `edge/` are its own. */
export function strayModels(
  name: string,
  paths: BranchPaths,
  unlisted: readonly string[],
): string[] {
  const { edge } = placesOf(name, paths);

  return unlisted.filter(
    (path) =>
      path.startsWith(edge) &&
      (name !== FLAT_NAME || !path.slice(edge.length).includes("/")),
  );
}
