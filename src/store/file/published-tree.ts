import { readdir } from "node:fs/promises";
import { topOf } from "../paths.ts";
import type { Layout } from "./layout.ts";
import { isOurLink, type Publication, publishedFiles } from "./publication.ts";
import type { Source, Tree } from "./tree.ts";

/** What readers of the branch see of its publication: nothing below a link that somebody removed. */
export async function visibleTree(
  layout: Layout,
  branch: string,
  publication: Publication,
): Promise<Tree> {
  const tree = await treeOf(publication);
  const tops = new Set([...tree.keys()].map(topOf));
  for (const top of tops)
    if (!(await isOurLink(layout, branch, top))) tops.delete(top);

  return new Map([...tree].filter(([path]) => tops.has(topOf(path))));
}

/** All that a publication holds, foreign files too. */
export async function treeOf(publication: Publication): Promise<Tree> {
  const tree = new Map<string, { sha256: string; source: Source }>();
  for (const entry of await readdir(publication.folder, {
    withFileTypes: true,
  }))
    if (entry.isDirectory())
      for await (const { path, file, sha256 } of publishedFiles(
        publication,
        `${entry.name}/`,
      ))
        tree.set(path, { sha256, source: { from: "file", file } });

  return tree;
}
