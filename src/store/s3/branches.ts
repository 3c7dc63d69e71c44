import { ExternalError, UsageError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import type { BranchFacts } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { copyOwn, removeOwn } from "./copy.ts";
import { holdContent } from "./held-content.ts";
import { type Current, readIndex } from "./index-file.ts";
import { objectKey } from "./layout.ts";
import { foldersBelow, listOwn } from "./listing.ts";
import { etagsOf, writeOrigin } from "./origin.ts";
import { finishRemoval } from "./remove-branch.ts";
import { headOf } from "./stored-bytes.ts";
import { type View, viewOf } from "./view.ts";
import { writeIndex } from "./write-index.ts";

const AT_ONCE = 16;

/** Names of prefixes that can be branches. */
export async function branchNames(bucket: Bucket): Promise<string[]> {
  const names = await foldersBelow(bucket, "");
  // What else lies in the bucket is no branch.
  return names.filter((name) => /^\w[-\w]*$/.test(name));
}

/** Branches that people work on: prefixes of the store. */
export async function* s3Branches(bucket: Bucket): AsyncGenerator<BranchFacts> {
  for (const name of await branchNames(bucket)) {
    const view = await viewOf(bucket, name);
    if (view) yield { name, head: view.id, changedAt: changedAt(view) };
  }
}

/** The branch, or the error that names those that are there. */
export async function viewOrMissing(
  bucket: Bucket,
  branch: string,
): Promise<View> {
  const view = await viewOf(bucket, branch);
  if (view) return view;

  const known = (await branchNames(bucket)).sort().slice(0, 20);
  throw new UsageError(`branch ${branch} does not exist in the store`, {
    code: "branch-missing",
    hint:
      known.length > 0
        ? `name one of the branches there: ${known.join(", ")}`
        : `upload a model, such as \`aws s3 cp --recursive detector ${bucket.url}/main/model/detector\`: the store has no branch yet`,
  });
}

/**
 * Copies a branch inside the server, as people see it. Its index comes last: until then it does not exist, and the next
 * try goes on.
 */
export async function createBranch(
  bucket: Bucket,
  branch: string,
  from: string,
): Promise<void> {
  const source = await viewOrMissing(bucket, from);
  if (await viewOf(bucket, branch)) return;
  await finishRemoval(bucket, branch);

  const origin = {
    ...{ from, publication: source.current?.id ?? null },
    objects: etagsOf(source.own),
  };
  await writeOrigin(bucket, branch, { ...origin, complete: false });
  await removeLeft(bucket, branch, source);
  await copyOwn(bucket, { from, to: branch }, source.own);

  await copyIndex(bucket, branch, from, source.current);
  await writeOrigin(bucket, branch, { ...origin, complete: true });
}

/** What an earlier try has left, of which the source has nothing any more. */
async function removeLeft(
  bucket: Bucket,
  branch: string,
  source: View,
): Promise<void> {
  const wanted = new Set(source.own.map(({ key }) => key));
  const left = (await listOwn(bucket, branch)).map(({ key }) => key);
  await removeOwn(
    bucket,
    branch,
    left.filter((path) => !wanted.has(path)),
  );
}

/** The new branch shows what the other one showed. */
async function copyIndex(
  bucket: Bucket,
  branch: string,
  from: string,
  current: Current | null,
): Promise<void> {
  const commit = {
    ...{ branch, parent: current?.id ?? null, input: null, wrote: [] },
    ...{ madeAt: bucket.ctx.now().toISOString(), metadata: {} },
    message: `Create branch ${branch} from ${from}`,
  };
  const files = current?.files ?? new Map();
  const content = [...files.values()].map(({ sha256 }) => sha256);
  const hold = await holdContent(bucket, null, content);

  try {
    // From here on no sweep takes its content; what the branch still names, none took before.
    if (current && (await readIndex(bucket, from))?.id !== current.id)
      await checkContent(bucket, from, content);
    await writeIndex(bucket, null, commit, { files, hold });
  } finally {
    await hold.end();
  }
}

/** Throws `ExternalError` where content is gone that a branch showed a moment ago. */
async function checkContent(
  bucket: Bucket,
  from: string,
  content: readonly string[],
): Promise<void> {
  const heads = await inParallel(content, AT_ONCE, (sha256) =>
    headOf(bucket, objectKey(sha256)),
  );
  if (!heads.includes(null)) return;

  throw new ExternalError(
    `branch ${from} changed while another one was made from it`,
    { code: "changed-under-us", hint: "run again" },
  );
}

function changedAt({ own, current }: View): Date {
  const times = own.map((object) => object.changedAt.getTime());
  if (current) times.push(Date.parse(current.commit.madeAt));

  return new Date(times.reduce((a, b) => Math.max(a, b), 0));
}
