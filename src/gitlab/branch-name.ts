import { createHash } from "node:crypto";
import { UsageError } from "../errors.ts";

/** Longest name that stays as it is; a longer one is cut and gets a hash. */
const LONGEST = 100;
const HASH_DIGITS = 8;
/** Runs of dashes and slashes would not be told apart once `/` is `--`. */
const SPEAKABLE = /^\w+(?:[-/]\w+)*-?$/;

/**
 * The store's branch that belongs to a Git branch. Different refs never share one: a name that could be read as another
 * one's, or that lakeFS would not take (`^\w[-\w]*$`, and hex alone looks like a commit), becomes `slug-<8 hex of its sha256>`.
 */
export function mapBranchName(
  gitRef: string,
  forkProjectId: number | null = null,
): string {
  const name = isPlain(gitRef)
    ? gitRef.replaceAll("/", "--")
    : hashedName(gitRef);
  return forkProjectId === null ? name : `fork-${forkProjectId}--${name}`;
}

/** What the store accepts as a branch's name. */
export function isStoreBranch(name: string): boolean {
  return /^\w[-\w]*$/.test(name);
}

/** The input names a branch of the store as it is; a Git name in its place gets the name that it stands for. */
export function checkInputBranch(name: string | null): void {
  if (name === null || isStoreBranch(name)) return;

  throw new UsageError(
    `model-branch ${JSON.stringify(name.slice(0, 200))} is no name of a branch of the store`,
    {
      code: "branch-name",
      hint: `the branch for Git's ${JSON.stringify(name.slice(0, 200))} is ${mapBranchName(name)}`,
    },
  );
}

function isPlain(ref: string): boolean {
  const mapped = ref.replaceAll("/", "--");
  return (
    SPEAKABLE.test(ref) &&
    mapped.length <= LONGEST &&
    !/-[0-9a-f]{8}$/i.test(mapped) &&
    !/^[0-9a-f]+$/i.test(mapped) &&
    !/^fork-\d+--/.test(mapped) &&
    !isDraft(mapped)
  );
}

/** The stores' own working branches start so: a sweep must never take somebody's branch for one. */
function isDraft(name: string): boolean {
  return name.startsWith("mte-draft-");
}

function hashedName(ref: string): string {
  const hash = createHash("sha256")
    .update(ref)
    .digest("hex")
    .slice(0, HASH_DIGITS);

  const slug = (isDraft(ref) ? `ref-${ref}` : ref)
    .replace(/\W+/g, "-")
    .replace(/^-+/, "");

  const cut = slug.slice(0, LONGEST - HASH_DIGITS - 1).replace(/-+$/, "");

  return `${cut || "ref"}-${hash}`;
}
