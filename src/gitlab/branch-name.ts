import { hashBytes } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";

/** Longest name that stays as it is; a longer one is cut and gets a hash. */
const LONGEST = 100;
const HASH_DIGITS = 8;

/**
 * The store's branch that belongs to a Git branch. People must be able to say it: a name that lakeFS takes
 * (`^\w[-\w]*$`) stays, `/` becomes `--`, and any other name becomes `slug-<8 hex of its sha256>`. Two refs may get
 * the same one (`a/b` and `a--b`): see `refsThatShare`.
 */
export function mapBranchName(
  gitRef: string,
  forkProjectId: number | null = null,
): string {
  const plain = gitRef.replaceAll("/", "--");
  const name = isOurs(plain) ? plain : hashedName(gitRef);

  return forkProjectId === null ? name : `fork-${forkProjectId}--${name}`;
}

/** Those of `refs` that would share the store's branch with `gitRef`, which is another one. */
export function refsThatShare(
  gitRef: string,
  refs: readonly string[],
): string[] {
  const name = mapBranchName(gitRef);
  return refs.filter((ref) => ref !== gitRef && mapBranchName(ref) === name);
}

/** Whether another Git branch could have the same name in the store; most names cannot, and need no question. */
export function mayShare(gitRef: string): boolean {
  return /--|-[0-9a-f]{8}$/.test(mapBranchName(gitRef));
}

/** What the store accepts as a branch's name. */
export function isStoreBranch(name: string): boolean {
  return /^\w[-\w]*$/.test(name);
}

/** The input names a branch of the store as it is; a Git name in its place gets the name that it stands for. */
export function checkInputBranch(name: string | null): void {
  if (name === null || isStoreBranch(name)) return;

  throw new UsageError(
    `model-branch ${JSON.stringify(name.slice(0, 200))} is not a valid branch name in the store`,
    {
      code: "branch-name",
      hint: `name the data branch of the Git branch ${JSON.stringify(name.slice(0, 200))}: ${mapBranchName(name)}`,
    },
  );
}

/** A branch of the store that nothing else of ours is called like. */
function isOurs(name: string): boolean {
  return (
    isStoreBranch(name) &&
    name.length <= LONGEST &&
    !/^fork-\d+--/.test(name) &&
    !isDraft(name)
  );
}

/** The stores' own working branches start so: a sweep must never take somebody's branch for one. */
function isDraft(name: string): boolean {
  return name.startsWith("mte-draft-");
}

function hashedName(ref: string): string {
  const hash = hashBytes(ref).slice(0, HASH_DIGITS);

  const slug = (isDraft(ref) ? `ref-${ref}` : ref)
    .replace(/\W+/g, "-")
    .replace(/^-+/, "");

  const cut = slug.slice(0, LONGEST - HASH_DIGITS - 1).replace(/-+$/, "");

  return `${cut || "ref"}-${hash}`;
}
