import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { orMissing } from "../../node-error.ts";
import { eitherOf } from "../either-signal.ts";
import { inParallel } from "../parallel.ts";
import { byteOrder, placeInside } from "../paths.ts";
import type {
  Snapshot,
  StoredFile,
  StoreObject,
  TransferOptions,
} from "../store.ts";
import { refuseTwinObjects } from "../twins.ts";
import { betweenLandings } from "./interrupted-landing.ts";
import { isBookkeeping, type Layout } from "./layout.ts";
import { changed, copyListed, readLimited, UNREADABLE } from "./listed-file.ts";
import { oddError } from "./odd-entry.ts";
import { isOurLink, type Publication, publishedFiles } from "./publication.ts";
import { contentToken, settledToken } from "./token.ts";
import { type FoundFile, walkAll, walkFiles } from "./walk.ts";

/** What a snapshot looks at: a branch's folder, and the one publication that its links showed when it was opened. */
export interface View {
  ctx: Pick<Context, "signal" | "now" | "log">;
  layout: Layout;
  branch: string;
  publication: Publication | null;
  /** Top folders of a publication that was named itself: they are shown whatever became of the branch's links. */
  tops?: ReadonlySet<string>;
}

/**
 * A view of a branch. What is published is pinned to one publication; people's own files can change at any time, so
 * that a download checks each against the token with which it was listed.
 */
export function fileSnapshot(view: View, id: string): Snapshot {
  return {
    id,
    async *list(prefix) {
      const { ctx, layout, branch } = view;
      const own = await betweenLandings(ctx, layout, branch, () =>
        listOwn(view, prefix),
      );
      yield* withPublished(view, prefix, own);
    },
    async read(path, limit) {
      const { ctx, layout, branch } = view;
      return betweenLandings(ctx, layout, branch, async () => {
        const found = await find(view, path);
        return found ? readLimited(found, limit) : null;
      });
    },
    async download(objects, folder, options = {}) {
      await refuseTwinObjects(folder, objects, options);
      return inParallel(objects, 4, (object) =>
        download(view, object, folder, options),
      );
    },
  };
}

/** What of a branch is below a prefix. */
interface Listed {
  /** People's own files, in byte order of the paths. */
  objects: StoreObject[];
  /** Names of our links in the branch's folder. */
  links: string[];
}

async function listOwn(view: View, prefix: string): Promise<Listed> {
  const listed: Listed = { objects: [], links: [] };

  for (const name of await topNames(view, prefix))
    if (await isPublished(view, name)) listed.links.push(name);
    else
      for (const object of await listTop(view, name, prefix))
        listed.objects.push(object);

  listed.objects.sort((a, b) => byteOrder(a.path, b.path));
  listed.links.sort((a, b) => byteOrder(`${a}/`, `${b}/`));

  return listed;
}

/** What is published can be many files, and no landing changes it: it is read as it is asked for. */
async function* withPublished(
  { publication }: View,
  prefix: string,
  { objects, links }: Listed,
): AsyncGenerator<StoreObject> {
  let next = 0;

  for (const name of links) {
    for (; next < objects.length; next++) {
      const object = objects[next];
      if (!object || byteOrder(object.path, `${name}/`) > 0) break;
      yield object;
    }

    if (publication === null) continue;
    for await (const { path, size, sha256 } of publishedFiles(
      publication,
      prefixIn(name, prefix),
    ))
      yield { path, size, token: contentToken(sha256) };
  }

  yield* objects.slice(next);
}

/** Names in the branch's folder that a prefix may reach. */
async function topNames(
  { layout, branch, tops }: View,
  prefix: string,
): Promise<string[]> {
  const own = (await orMissing(readdir(join(layout.root, branch)))) ?? [];
  return [...new Set([...own, ...(tops ?? [])])].filter(
    (name) =>
      !isBookkeeping(name) &&
      (name.startsWith(prefix) || prefix.startsWith(`${name}/`)),
  );
}

async function isPublished(
  { layout, branch, tops }: View,
  name: string,
): Promise<boolean> {
  return tops?.has(name) || isOurLink(layout, branch, name);
}

async function listTop(
  view: View,
  name: string,
  prefix: string,
): Promise<StoreObject[]> {
  const inside = prefixIn(name, prefix);
  const { files, odd } = await walkAll(
    ...placeOf(view, inside.slice(0, inside.lastIndexOf("/"))),
  );

  // The folder itself: a listing without it would look as if nothing were there.
  const whole = odd.find(({ path }) => prefix.startsWith(`${path}/`));
  if (whole) throw oddError(whole);

  const listed = await inParallel(
    files.filter(({ path }) => path.startsWith(prefix)),
    16,
    async (file) => {
      const token = await orMissing(settledToken(file, view.ctx.now));
      if (token === null) throw changed(file.path);

      return { path: file.path, size: file.size, token };
    },
  );

  return [
    ...listed,
    ...odd
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ path, problem }) => ({
        ...{ path, problem, size: 0, token: UNREADABLE },
      })),
  ];
}

/** The part of a prefix that reaches into a top folder. */
function prefixIn(name: string, prefix: string): string {
  return prefix.startsWith(`${name}/`) ? prefix : `${name}/`;
}

/** For a walk: the place on disk, its path, and the folder that links may not leave. */
function placeOf(
  { layout, branch }: View,
  path: string,
): [folder: string, path: string, border: string] {
  const folder = join(layout.root, branch);
  return [join(folder, path), path, join(folder, path.split("/")[0] ?? path)];
}

async function find(view: View, path: string): Promise<FoundFile | null> {
  const top = path.split("/")[0] ?? path;
  const published = await isPublished(view, top);
  if (published && !view.publication) return null;

  const found =
    published && view.publication
      ? await walkFiles(
          join(view.publication.folder, path),
          path,
          join(view.publication.folder, top),
        )
      : await walkFiles(...placeOf(view, path));

  return found.find((candidate) => candidate.path === path) ?? null;
}

async function download(
  view: View,
  object: StoreObject,
  folder: string,
  { rename = (path) => path, progress, signal }: TransferOptions,
): Promise<StoredFile> {
  const target = placeInside(folder, rename(object.path));
  const ctx = { signal: eitherOf(view.ctx.signal, signal) };
  const found = await find(view, object.path);
  if (!found) throw changed(object.path);

  return copyListed(ctx, found, { object, target, progress });
}
