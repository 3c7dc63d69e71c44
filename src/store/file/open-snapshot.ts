import { readdir, stat } from "node:fs/promises";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { orMissing } from "../../node-error.ts";
import {
  publicationGone,
  publicationUnknown,
  type ShownInstead,
} from "../gone-publication.ts";
import { checkBranchName } from "../paths.ts";
import { snapshotGone } from "../refusals.ts";
import type { Snapshot } from "../store.ts";
import { betweenLandings } from "./interrupted-landing.ts";
import type { Layout } from "./layout.ts";
import {
  currentPublication,
  ifThere,
  type Publication,
  publicationById,
  readCommit,
  visiblePublication,
} from "./publication.ts";
import { fileSnapshot } from "./snapshot.ts";
import { isBranch, parseSnapshotId, snapshotIdOf } from "./snapshot-id.ts";

type FileContext = Pick<Context, "signal" | "now" | "log">;

/** What a branch shows, now or in the snapshot `at`. Throws `UsageError` where either is gone. */
export async function openSnapshot(
  ctx: FileContext,
  layout: Layout,
  branch: string,
  at?: string,
): Promise<Snapshot> {
  checkBranchName(branch);

  const missing = async () => branchMissing(branch, await branchNames(layout));
  if (!isBranch(layout, branch)) throw await missing();

  const { id, current } = await betweenLandings(
    ctx,
    layout,
    branch,
    async () => ({
      // Before the publication is looked up: what is published meanwhile is not part of it.
      id: at ?? (await snapshotIdOf(layout, branch)),
      current: await visiblePublication(layout, branch),
    }),
  );
  if (id === null) throw await missing();

  const pinned = at === undefined ? undefined : parseSnapshotId(at);
  if (pinned === null)
    throw snapshotGone(
      `${JSON.stringify(at)} is not a snapshot of a file store`,
    );

  const published = pinned?.publication
    ? publicationById(layout, pinned.publication)
    : null;

  if (published && !(await orMissing(stat(published.folder))))
    throw snapshotGone(
      `the publication ${published.id} that the plan pinned has been replaced and removed`,
    );

  const publication = pinned === undefined ? current : published;

  return fileSnapshot({ ctx, layout, branch, publication }, id);
}

/** A publication is whole, whatever became of the links of the branch that showed it. */
async function openPublication(
  ctx: FileContext,
  layout: Layout,
  { branch, ref, publication }: Named,
): Promise<Snapshot> {
  if (!isBranch(layout, branch))
    throw branchMissing(branch, await branchNames(layout));

  const entries =
    (await orMissing(readdir(publication.folder, { withFileTypes: true }))) ??
    [];
  const tops = new Set(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  );

  const view = { ctx, layout, branch, publication, tops };
  return { ...fileSnapshot(view, ref), isCommit: true };
}

interface Named {
  branch: string;
  ref: string;
  publication: Publication;
}

/**
 * What a branch, or a publication, shows. A publication lies apart from its branch, and until a sweep: the record of it
 * names the branch, or, where someone removed the record, the link of a branch that shows it. Throws `UsageError` where it
 * is gone.
 */
export async function openNamed(
  ctx: FileContext,
  layout: Layout,
  ref: string,
): Promise<Snapshot> {
  const id = parseSnapshotId(ref)?.publication;
  if (!id) return openSnapshot(ctx, layout, ref);

  const branch =
    (await readCommit(layout, id))?.branch ?? (await branchShowing(layout, id));
  if (branch === null) throw publicationUnknown(ref);

  const publication = await ifThere(publicationById(layout, id));
  if (publication)
    return openPublication(ctx, layout, { branch, ref, publication });

  throw publicationGone(ref, branch, await shownBy(layout, branch));
}

async function branchShowing(
  layout: Layout,
  id: string,
): Promise<string | null> {
  for (const branch of await branchNames(layout))
    if ((await currentPublication(layout, branch))?.id === id) return branch;

  return null;
}

/** What a branch shows in the place of a publication that is gone. */
async function shownBy(layout: Layout, branch: string): Promise<ShownInstead> {
  if (!isBranch(layout, branch)) return "removed";
  return (await visiblePublication(layout, branch)) ? "newer" : "nothing";
}

/** Names of the store's folders. */
export async function branchNames(layout: Layout): Promise<string[]> {
  const entries =
    (await orMissing(readdir(layout.root, { withFileTypes: true }))) ?? [];
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name);
}

/** The error that names the branches that are there. */
export function branchMissing(branch: string, known: string[]): UsageError {
  return new UsageError(`branch ${branch} does not exist in the store`, {
    code: "branch-missing",
    hint:
      known.length > 0
        ? `name one of the branches there: ${known.sort().slice(0, 20).join(", ")}`
        : "put a model into a branch first, such as main/model/detector/: the store has no branch yet",
  });
}
