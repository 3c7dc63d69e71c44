import {
  publicationGone,
  publicationUnknown,
  type ShownInstead,
} from "../gone-publication.ts";
import { checkBranchName } from "../paths.ts";
import { snapshotGone } from "../refusals.ts";
import type { Snapshot } from "../store.ts";
import { viewOrMissing } from "./branches.ts";
import type { Bucket } from "./bucket.ts";
import { readCommit } from "./commit-records.ts";
import { readIndex, readTree, type Tree } from "./index-file.ts";
import { shownCommit } from "./indexed-branches.ts";
import type { S3Commit } from "./known-commits.ts";
import { s3Snapshot } from "./snapshot.ts";
import { parseSnapshotId, type View, viewOf } from "./view.ts";

/** What a branch shows, now or in the snapshot `at`. Throws `UsageError` where either is gone. */
export async function openSnapshot(
  bucket: Bucket,
  branch: string,
  at?: string,
): Promise<Snapshot> {
  const { own, current, id } = await viewOrMissing(bucket, branch);
  if (at === undefined || at === id)
    return s3Snapshot(
      { bucket, branch, own, files: current?.files ?? new Map() },
      id,
    );

  const pinned = parseSnapshotId(at);
  if (!pinned)
    throw snapshotGone(
      `${JSON.stringify(at)} is not a snapshot of an S3 store`,
    );

  const files = await filesOf(bucket, pinned.publication);
  if (files === null)
    throw snapshotGone(
      `the publication ${pinned.publication} that the plan pinned has been replaced and removed`,
    );

  return s3Snapshot({ bucket, branch, own, files }, at);
}

/** Files of a publication; null where a sweep removed the list of them. */
async function filesOf(
  bucket: Bucket,
  publication: string | null,
): Promise<Tree | null> {
  if (publication === null) return new Map();
  const commit = await readCommit(bucket, publication);

  return commit && listedFiles(bucket, publication, commit);
}

/** The index lists them too while its branch shows the publication, also where someone removed the list itself. */
async function listedFiles(
  bucket: Bucket,
  publication: string,
  commit: S3Commit,
): Promise<Tree | null> {
  const files = await readTree(bucket, commit);
  if (files) return files;

  const current = await readIndex(bucket, commit.branch);
  return current?.id === publication ? current.files : null;
}

/**
 * What a branch, or a publication, shows. A publication is found without its branch: the record of it names the branch,
 * or, where someone removed the record, the index of a branch that shows it.
 */
export async function openNamed(
  bucket: Bucket,
  ref: string,
): Promise<Snapshot> {
  const id = parseSnapshotId(ref)?.publication;
  if (!id) {
    checkBranchName(ref);
    return openSnapshot(bucket, ref);
  }

  const commit =
    (await readCommit(bucket, id)) ?? (await shownCommit(bucket, id));
  if (!commit) throw publicationUnknown(ref);

  const { branch } = commit;
  const files = await listedFiles(bucket, id, commit);
  const view = await viewOf(bucket, branch);
  if (!files) throw publicationGone(ref, branch, shownBy(view));

  const shown = { bucket, branch, own: view?.own ?? [], files };
  return { ...s3Snapshot(shown, ref), isCommit: true };
}

/** What a branch shows in the place of a publication that is gone. */
function shownBy(view: View | null): ShownInstead {
  if (view === null) return "removed";
  return view.current ? "newer" : "nothing";
}
