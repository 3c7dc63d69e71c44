import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { hashFile } from "../../disk/hash-file.ts";
import { ExternalError } from "../../errors.ts";
import { errorCode, orMissing } from "../../node-error.ts";
import { PUBLISHED, topOf } from "../paths.ts";
import { draftGone } from "../refusals.ts";
import type {
  Compose,
  EdgeChange,
  PublishOptions,
  PublishOutcome,
  StoredFile,
  Target,
} from "../store.ts";
import { refuseOwnFolder } from "./adopt.ts";
import { INDEX } from "./index-reader.ts";
import { settleLocked } from "./interrupted-landing.ts";
import type { Layout } from "./layout.ts";
import { newerPointers } from "./newer.ts";
import {
  currentPublication,
  ifThere,
  type Publication,
} from "./publication.ts";
import { treeOf, visibleTree } from "./published-tree.ts";
import { snapshotIdOf } from "./snapshot-id.ts";
import { underStoreLock } from "./store-lock.ts";
import { contentToken } from "./token.ts";
import { changeTree, publicationId, sameTree, type Tree } from "./tree.ts";
import {
  buildPublication,
  removeOldPublications,
  switchTo,
  writeIndex,
} from "./write-publication.ts";

export interface FileDraft {
  ctx: Pick<Context, "signal" | "now" | "log">;
  layout: Layout;
  branch: string;
  /** Where the draft keeps a path's bytes. */
  draftFile(path: string): string;
  /** Removes what the draft holds; absent where that is not the draft's to remove. */
  end?(): Promise<void>;
}

/** Makes a draft's files the branch's publication, in one step, while no other run does so. */
export async function publishDraft(
  draft: FileDraft,
  pointers: string[],
  compose: Compose,
  options: PublishOptions,
): Promise<PublishOutcome> {
  const { layout, ctx, branch } = draft;
  return underStoreLock(ctx, layout, async () => {
    await settleLocked(ctx, layout, branch);
    return publishLocked(draft, pointers, compose, options);
  });
}

/** The same under the store's lock, in a branch of which no landing is open but the caller's own. */
export async function publishLocked(
  draft: FileDraft,
  pointers: string[],
  compose: Compose,
  options: PublishOptions,
): Promise<PublishOutcome> {
  const { layout, branch, ctx } = draft;
  const newest = await currentPublication(layout, branch);
  const current = await ifThere(newest);
  const head = await snapshotIdOf(layout, branch, current);
  if (head === null) return gone(branch);

  const before = current
    ? await visibleTree(layout, branch, current)
    : new Map();
  if (current) await completeIndex(draft, current);

  const newer = await newerPointers(draft, head, pointers, options.input);

  const change = compose({
    ...(await targetOf(head, before, pointers)),
    newer,
  });
  if (!change) return { status: "unchanged", commit: head };

  const next = changeTree(before, change, draft.draftFile);
  const tops = [
    ...new Set([...(options.prefixes ?? PUBLISHED), ...next.keys()].map(topOf)),
  ];

  for (const top of tops) await refuseOwnFolder(layout, branch, top);
  await checkDraft(draft, change);
  if (current && sameTree(before, next))
    return { status: "unchanged", commit: head };

  ctx.signal.throwIfAborted();
  if (newest && !current)
    ctx.log.warn(
      `someone removed what was published on ${branch} (${newest.folder}): only what this run converted is published now`,
    );

  const parent = newest?.id ?? null;
  const id = publicationId(branch, parent, next);
  await mkdir(layout.publications, { recursive: true });
  await buildPublication(layout, id, tops, next);

  const { message, metadata, input = null } = options;
  const wrote = [...change.write.keys()];
  const createdAt = ctx.now().toISOString();

  await switchTo(layout, id, tops, {
    branch,
    parent,
    createdAt,
    message,
    metadata,
    input,
    wrote,
  });
  await tidyUp(draft, id, next);

  return {
    status: "published",
    commit: (await snapshotIdOf(layout, branch)) ?? head,
  };
}

/** The publication stands whether or not this succeeds; the next one tidies up again. */
async function tidyUp(draft: FileDraft, id: string, tree: Tree): Promise<void> {
  try {
    await removeOldPublications(draft.layout);
    await draft.end?.();
    await writeIndex(draft.layout, id, tree);
  } catch (error) {
    draft.ctx.log.warn(
      `published; ${errorCode(error)} while old publications were removed`,
    );
  }
}

/** Of a publication that was killed, or met a full disk, right after its switch. */
export async function completeIndex(
  { layout, ctx }: Pick<FileDraft, "layout" | "ctx">,
  publication: Publication,
): Promise<void> {
  const { id, folder } = publication;
  if (await orMissing(stat(join(folder, INDEX)))) return;

  try {
    await writeIndex(layout, id, await treeOf(publication));
  } catch (error) {
    ctx.log.warn(`${errorCode(error)} while ${folder} was completed`);
  }
}

async function targetOf(
  head: string,
  tree: Tree,
  paths: string[],
): Promise<Target> {
  const pointers = new Map<string, Uint8Array | null>();
  for (const path of paths) {
    const source = tree.get(path)?.source;
    pointers.set(
      path,
      source?.from === "file" ? await readFile(source.file) : null,
    );
  }

  return {
    head,
    pointers,
    exists: (path) => tree.has(path),
    holds: ({ path, sha256 }) => tree.get(path)?.sha256 === sha256,
  };
}

/** What is published is what was hashed when it was put: the disk is read back. */
async function checkDraft(
  { draftFile }: FileDraft,
  { keep }: EdgeChange,
): Promise<void> {
  for (const kept of keep) {
    const { path } = kept;
    const there = await orMissing(storedAt(draftFile(path)));
    if (there && isSameFile(there, kept)) continue;

    throw there === null
      ? draftGone(path)
      : new ExternalError(`${path} differs from the file that was checked`, {
          code: "corrupt-upload",
          hint: "the store's disk or network drive changed it, or someone wrote to the store's hidden folder: run again, and check the disk if it happens again",
        });
  }
}

type Stored = Omit<StoredFile, "path">;

async function storedAt(file: string): Promise<Stored> {
  const [sha256, { size }] = await Promise.all([hashFile(file), stat(file)]);
  return { size, sha256, token: contentToken(sha256) };
}

function isSameFile(a: Stored, b: Stored): boolean {
  return a.sha256 === b.sha256 && a.size === b.size && a.token === b.token;
}

function gone(branch: string): PublishOutcome {
  return {
    status: "gone",
    message: `branch ${branch} was removed from the store during the run`,
    hint: "nothing was published; create the branch again, then run again",
  };
}
