import {
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Context } from "../../context.ts";
import { ExternalError } from "../../errors.ts";
import { withLock } from "../../lock.ts";
import { orMissing } from "../../node-error.ts";
import type {
  BranchFacts,
  DeleteOutcome,
  LandedModel,
  LandOutcome,
  LandWish,
  StoredFile,
} from "../store.ts";
import { copyHashed } from "./copy.ts";
import type { Layout } from "./layout.ts";
import {
  currentPublication,
  type Publication,
  publishedFiles,
  readCommit,
} from "./publication.ts";
import { publishDraft } from "./publish.ts";
import { snapshotIdOf } from "./snapshot-id.ts";
import { contentToken } from "./token.ts";
import { walkFiles } from "./walk.ts";

const PATIENCE_MS = 60_000;

type FileContext = Pick<Context, "signal" | "now" | "log">;

/**
 * Takes the models of one branch into another: first each model's own folder (a complete copy, renamed into place), then
 * `edge/` and `evidence/` of all of them in one step. Killed in between, the next try does the same again.
 */
export function landFolder(
  ctx: FileContext,
  layout: Layout,
  wish: LandWish,
): Promise<LandOutcome> {
  // Not the lock of publications, which is taken on the way.
  const lock = `${layout.lock}-of-landings`;
  return withLock(
    lock,
    {
      signal: ctx.signal,
      patienceMs: PATIENCE_MS,
      doing: "landing in this store",
    },
    () => landLocked(ctx, layout, wish),
  );
}

async function landLocked(
  ctx: FileContext,
  layout: Layout,
  wish: LandWish,
): Promise<LandOutcome> {
  const { source, at, target, models } = wish;
  const head = await snapshotIdOf(layout, target);
  if (head === null) return gone(target);
  // The metadata names the snapshot: another job may have landed it just now.
  if (await findPublication(layout, target, wish.metadata))
    return { status: "landed", commit: head };

  const publication = await currentPublication(layout, source);
  const conflicts = await changedSince(layout, target, publication, models);
  if (conflicts.length > 0) return conflict(wish, conflicts);

  const copies = await copyModels(ctx, layout, wish);
  try {
    // Folders keep no history: only an unchanged state vouches for what was copied.
    if ((await snapshotIdOf(layout, source)) !== at)
      throw movedMeanwhile(source);

    for (const { folder, copy } of copies)
      await swapFolder(layout, target, folder, copy);
    const files = publication ? await filesOf(publication, models) : [];
    const pointers = new Set(models.map(({ pointer }) => pointer));
    const keep = files.filter(({ path }) => !pointers.has(path));
    const write = new Map<string, Uint8Array>();
    for (const { path } of files.filter((file) => pointers.has(file.path)))
      write.set(path, await readFile(join(publication?.folder ?? "", path)));
    const remove = models.flatMap((model) => model.remove);
    const outcome = await publishDraft(
      {
        ctx,
        layout,
        branch: target,
        draftFile: (path) => join(publication?.folder ?? "", path),
        end: async () => undefined,
      },
      [],
      () => ({ keep, write, remove }),
      {
        message: wish.message,
        metadata: wish.metadata,
        prefixes: topsOf(files, remove),
      },
    );
    if (outcome.status === "published")
      return { status: "landed", commit: outcome.commit };

    return outcome.status === "unchanged" ? outcome : { ...outcome, paths: [] };
  } finally {
    await rm(landingFolder(layout, at), { recursive: true, force: true });
  }
}

/** Removes the folder of a branch by way of a hidden place, so that nobody sees half of it. */
export async function deleteFolder(
  layout: Layout,
  branch: string,
  at: string,
): Promise<DeleteOutcome> {
  const head = await snapshotIdOf(layout, branch);
  if (head === null) return "gone";
  if (head !== at) return "moved";

  const bin = join(layout.drafts, `deleted-${branch}`);
  await mkdir(layout.drafts, { recursive: true });
  await rm(bin, { recursive: true, force: true });
  await rename(join(layout.root, branch), bin);
  await rm(bin, { recursive: true, force: true });

  return "deleted";
}

export async function* folderBranches(
  layout: Layout,
): AsyncGenerator<BranchFacts> {
  const entries =
    (await orMissing(readdir(layout.root, { withFileTypes: true }))) ?? [];
  for (const { name } of entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  )) {
    const head = await snapshotIdOf(layout, name);
    const files = await walkFiles(
      join(layout.root, name, "model"),
      "model",
      join(layout.root, name, "model"),
    );

    const own = (await stat(join(layout.root, name))).mtimeMs;
    const newest = files.reduce(
      (latest, file) => Math.max(latest, Number(file.stat.mtimeMs)),
      own,
    );
    if (head !== null) yield { name, head, changedAt: new Date(newest) };
  }
}

/** Id of the newest publication in the branch's chain whose metadata has all these values. */
export async function findPublication(
  layout: Layout,
  branch: string,
  metadata: Record<string, string>,
): Promise<string | null> {
  for (
    let id = (await currentPublication(layout, branch))?.id ?? null;
    id !== null;
  ) {
    const commit = await readCommit(layout, id);
    if (!commit) return null;

    if (
      Object.entries(metadata).every(
        ([key, value]) => commit.metadata[key] === value,
      )
    )
      return id;

    id = commit.parent;
  }
  return null;
}

/** Manifests of these models that the target published after both branches were the same. */
async function changedSince(
  layout: Layout,
  target: string,
  source: Publication | null,
  models: readonly LandedModel[],
): Promise<string[]> {
  const shared = new Set<string>();
  for (
    let id = source?.id ?? null;
    id !== null;
    id = (await readCommit(layout, id))?.parent ?? null
  )
    shared.add(id);

  const touched = new Set(
    models.flatMap(({ take, remove }) => [...take, ...remove]),
  );

  const changed: string[] = [];

  for (
    let id = (await currentPublication(layout, target))?.id ?? null;
    id !== null && !shared.has(id);
  ) {
    const commit = await readCommit(layout, id);
    changed.push(...(commit?.wrote ?? []).filter((path) => touched.has(path)));
    id = commit?.parent ?? null;
  }

  return [...new Set(changed)].sort();
}

async function copyModels(
  ctx: FileContext,
  layout: Layout,
  { source, at, models }: LandWish,
) {
  const copies: { folder: string; copy: string | null }[] = [];
  for (const { folder } of models) {
    const from = join(layout.root, source, folder);
    const files = await walkFiles(
      from,
      folder,
      join(layout.root, source, folder.split("/")[0] ?? folder),
    );

    const copy = join(landingFolder(layout, at), folder);

    for (const { file, path } of files)
      await copyHashed(file, join(copy, path.slice(folder.length + 1)), {
        signal: ctx.signal,
        sync: true,
      });

    copies.push({ folder, copy: files.length > 0 ? copy : null });
  }

  return copies;
}

/** The new folder in the old one's place; null: the model left. */
async function swapFolder(
  layout: Layout,
  branch: string,
  folder: string,
  copy: string | null,
): Promise<void> {
  const place = join(layout.root, branch, folder);
  const old = `${landingFolder(layout, `${branch}-old`)}/${folder}`;
  await mkdir(dirname(old), { recursive: true });
  await mkdir(dirname(place), { recursive: true });
  await rm(old, { recursive: true, force: true });
  if (await orMissing(lstat(place))) await rename(place, old);
  if (copy !== null) await rename(copy, place);

  await rm(landingFolder(layout, `${branch}-old`), {
    recursive: true,
    force: true,
  });
}

async function filesOf(
  publication: Publication,
  models: readonly LandedModel[],
): Promise<StoredFile[]> {
  const wanted = new Set(models.flatMap(({ take }) => take));
  const tops = new Set(
    [...wanted].map((path) => path.slice(0, path.lastIndexOf("/") + 1)),
  );

  const files = new Map<string, StoredFile>();

  for (const top of tops)
    for (const { path, size, sha256 } of await publishedFiles(publication, top))
      if (wanted.has(path))
        files.set(path, { path, size, sha256, token: contentToken(sha256) });

  return [...files.values()];
}

function topsOf(
  files: readonly StoredFile[],
  remove: readonly string[],
): string[] {
  const tops = [...files.map(({ path }) => path), ...remove].map(
    (path) => `${path.split("/")[0]}/`,
  );
  return [...new Set(tops)];
}

function landingFolder(layout: Layout, name: string): string {
  return join(layout.drafts, `landing-${name}`);
}

function conflict({ source, target }: LandWish, paths: string[]): LandOutcome {
  return {
    status: "conflict",
    message: `branches ${source} and ${target} changed the same files`,
    hint: "",
    paths,
  };
}

function gone(branch: string): LandOutcome {
  return {
    status: "gone",
    message: `branch ${branch} does not exist in the store`,
    hint: "make it first",
    paths: [],
  };
}

function movedMeanwhile(branch: string): ExternalError {
  return new ExternalError(`branch ${branch} changed while it was landed`, {
    code: "changed-under-us",
    hint: "run again once nobody writes to the folder",
  });
}
