// The one interface of all stores. Paths are relative to the branch, with `/`, and never start with one.
import type { StoreActions } from "./actions.ts";
import type { PointerChange } from "./pointer-change.ts";
import type { ContentSwept, ContentWish } from "./swept-content.ts";
import type { UndoOutcome, UndoWish } from "./undo.ts";
import type { StoreWord } from "./word.ts";

/** Bytes of the largest pointer (a small file that names others) that is written or read. */
export const POINTER_LIMIT = 32 << 20;

export interface StoreObject {
  path: string;
  /** Bytes. */
  size: number;
  /** Equal token proves equal bytes; unequal proves nothing. */
  token: string;
  /** Why it cannot be read as a file (a link to nothing, a device, a name that is not UTF-8); absent of a good one. */
  problem?: string;
}

/** Of bytes that nothing could prove while they came: no object's equal. */
export const UNVERIFIABLE = "unverifiable";

/** An object that was transferred, so that its sha256 (64 hex) is known. */
export interface StoredFile extends StoreObject {
  sha256: string;
}

/** Names a place where outputs gather, invisible to readers. Plain data: it travels in `plan.json`. */
export interface DraftRef {
  id: string;
  /** The branch that publication will change. */
  branch: string;
  /** The snapshot of that branch when the draft was named. */
  base: string;
  /** Who made it (pipeline or user), for the sweep. */
  owner: string;
}

export interface Store {
  /** As the user wrote it, without credentials. */
  readonly url: string;
  /** Throws `ExternalError` (unreachable, refused) or `UsageError` (repository missing, credentials missing). `transfers`: also the way that files take. */
  verify(options?: { transfers?: boolean }): Promise<void>;
  /** Null where the branch does not exist. */
  head(branch: string): Promise<string | null>;
  /** Uncommitted objects on the branch: below `prefix`, and elsewhere. `file`: zeros. */
  pending(
    branch: string,
    prefix: string,
  ): Promise<{ inputs: number; elsewhere: number }>;
  createBranch(branch: string, from: string): Promise<void>;
  /** Branches that people work on, without drafts. */
  branches(): AsyncIterable<BranchFacts>;
  /** Removes a branch only where it still stands at that snapshot and holds nothing that is not in it. */
  deleteBranch(branch: string, at: string): Promise<DeleteOutcome>;
  /** The branch's state, pinned. `at` reopens the one that a plan names. Throws `UsageError` where it is missing. */
  snapshot(branch: string, at?: string): Promise<Snapshot>;
  /** Of a branch or of a snapshot's id. Throws `UsageError` for neither. */
  named(ref: string): Promise<Snapshot>;
  /** Nothing exists before `put` or `publish`. `isShared`: several jobs fill it at once; what each kept is published. */
  draft(ref: DraftRef, options?: { isShared: boolean }): Draft;
  /** All drafts of ours, for the sweep. */
  drafts(): AsyncIterable<DraftRef & { createdAt: Date }>;
  /** What `Draft.keep` kept in a draft that `drafts` names, as if it were published; null where nothing is. */
  kept(draft: DraftRef): Promise<Snapshot | null>;
  /** Is `older` an ancestor of (or equal to) `newer`? Null where the store cannot say. */
  isAncestor(older: string, newer: string): Promise<boolean | null>;
  /** The newest snapshot from which both came; null where the store keeps no history. */
  base(left: string, right: string): Promise<string | null>;
  /** The snapshot and those before it on its branch, the newest first; it alone where the store keeps no history. */
  history(snapshot: string, limit: number): Promise<string[]>;
  /** The known commits up to a snapshot that changed a pointer, newest first. */
  changesOf(at: string, path: string, limit: number): Promise<PointerChange[]>;
  /** The newest commits that led to a snapshot by any branch, newest first: a bounded number of them. */
  records(at: string): AsyncIterable<PointerChange>;
  /** Makes a snapshot of one branch part of another one. */
  land(wish: LandWish): Promise<LandOutcome>;
  /** Takes one commit of a branch back by a new one. Nothing else of the branch changes. */
  undo(wish: UndoWish): Promise<UndoOutcome>;
  /** The command with which a person takes a commit of a branch back, or null. */
  undoCommand(commit: string, branch: string): string | null;
  /** The newest commit of a branch whose metadata has all these values, or null. */
  findCommit(
    branch: string,
    metadata: Record<string, string>,
  ): Promise<string | null>;
  /** A page for people, or null. */
  link(snapshot: string, path: string): string | null;
  /** The command with which a person merges one ref into a branch, `ours`: keeping the branch's side of conflicts; or null. */
  mergeCommand(from: string, into: string, ours: boolean): string | null;
  /** A snapshot's URL, as `fetch` takes it; null where it shows no publication. */
  placeAt(snapshot: string): string | null;
  /** Null where the store's server cannot tell people apart. */
  word(): Promise<StoreWord | null>;
  /** Removes published content that nothing refers to any more; absent where a publication does so by itself. */
  sweepContent?(wish: ContentWish): Promise<ContentSwept>;
  /** Absent where the store has no server that can start a pipeline on a push. */
  readonly actions?: StoreActions;
  close(): Promise<void>;
}

/** An immutable view: what it lists and reads does not change when the branch moves. */
export interface Snapshot {
  readonly id: string;
  /** Set where `Store.named` was given a commit, and not a branch. */
  readonly isCommit?: true;
  /** In byte order of the paths. */
  list(prefix: string): AsyncIterable<StoreObject>;
  /** The object's bytes, null where missing. Throws where it is larger than `limit` bytes. */
  read(path: string, limit: number): Promise<Uint8Array | null>;
  /**
   * Writes each object to `folder/<rename(path)>` (default: the path itself), hashed on the way.
   * Throws `ExternalError` where an object no longer has its token, or the bytes do not arrive whole and as the store
   * has them; the token is `UNVERIFIABLE` where the store cannot say what it has.
   */
  download(
    objects: StoreObject[],
    folder: string,
    options?: TransferOptions,
  ): Promise<StoredFile[]>;
}

export interface TransferOptions {
  /** Path below the folder for a store's path; must stay inside the folder. */
  rename?: (path: string) => string;
  progress?: (bytes: number) => void;
  /** Calls it off, beside the signal of the whole run: its reason is thrown then. */
  signal?: AbortSignal;
}

export interface Draft {
  /** Tries what a publication into `prefixes` (as in `PublishOptions`) begins with, and undoes it. Throws `UsageError` where the store refuses it. */
  rehearse(prefixes?: readonly string[]): Promise<void>;
  /** Uploads `folder/<file>` to `prefix + file`. Streams, in parallel, retried; idempotent. */
  put(
    folder: string,
    files: string[],
    prefix: string,
    options?: Pick<TransferOptions, "progress">,
  ): Promise<StoredFile[]>;
  /** Makes what was put, and what is written beside it, findable for a later job: `Store.kept`. */
  keep(change: EdgeChange, options: PublishOptions): Promise<void>;
  /** A `keep` takes in whatever this process put: one at a time. What a shared draft did not keep is not published. */
  readonly keepsAll?: true;
  /**
   * One atomic step. `compose` is pure and may be called again when the target moved: it gets the target's current
   * pointers (path to bytes, null where missing) and returns the change, or null to leave all as it is.
   */
  publish(
    pointers: string[],
    compose: Compose,
    options: PublishOptions,
  ): Promise<PublishOutcome>;
  /** Idempotent. */
  discard(): Promise<void>;
}

export interface PublishOptions {
  /** Snapshot of the inputs that this publication covers. */
  input?: string;
  message: string;
  metadata: Record<string, string>;
  /** Prefixes that belong to publications, default `edge/` and `evidence/`: what `exists` and removals can reach. */
  prefixes?: readonly string[];
  /** Prefix of the inputs, which `Target.inputs` lists. */
  inputsBelow?: string;
  /**
   * Read each kept file where it lies, once nobody can change it any more and before readers see it: other bytes than
   * were put are an `ExternalError`, and nothing is published. For files that were put by another process.
   */
  readBack?: boolean;
}

export interface Target {
  /** The target's snapshot that this round would change. */
  head: string;
  pointers: ReadonlyMap<string, Uint8Array | null>;
  /** Paths of the target below the published prefixes, so that compose can name what to remove. */
  exists(path: string): boolean;
  /** Whether the target has this file as it was put: somebody may have written another in its place. */
  holds(file: StoredFile): boolean;
  /** Pointers published meanwhile for newer inputs than `PublishOptions.input`. Absent where the store has no history. */
  newer?: ReadonlySet<string>;
  /** Token by path of the inputs that lie there now. Absent in the state of `PublishOptions.input`, or where tokens are not of the content. */
  inputs?: ReadonlyMap<string, string>;
}

export type Compose = (target: Target) => EdgeChange | null;

export interface EdgeChange {
  /** Small files written in the same step: the manifests. */
  write: ReadonlyMap<string, Uint8Array>;
  /** Files that were put into the draft and shall be published. Others of the draft are left out. */
  keep: StoredFile[];
  /** Paths that shall be gone. */
  remove: string[];
}

export type PublishOutcome =
  | { status: "published"; commit: string }
  /** Nothing to change: compose returned null, or the target already holds the same. */
  | { status: "unchanged"; commit: string }
  | {
      status: "dirty" | "conflict" | "protected" | "gone";
      message: string;
      hint: string;
    };

export interface BranchFacts {
  name: string;
  head: string;
  changedAt: Date;
}

/** `moved` and `uncommitted`: it holds something newer, and stays. */
export type DeleteOutcome = "deleted" | "gone" | "moved" | "uncommitted";

export interface LandWish {
  source: string;
  /** The snapshot of the source branch that was checked: this and nothing newer. */
  at: string;
  target: string;
  message: string;
  metadata: Record<string, string>;
  /** What changes on the target. A store with commits merges the whole snapshot; others take these. */
  models: LandedModel[];
}

export interface LandedModel {
  /** The model's own folder, without a `/` at the end. */
  folder: string;
  /** Published paths that the target takes from the snapshot, the pointer too. */
  take: string[];
  /** The small file that names the others: who changed it last, published last. */
  pointer: string;
  /** Published paths that shall be gone. */
  remove: string[];
}

export type LandOutcome =
  | { status: "landed"; commit: string }
  /** The target holds all of it already. */
  | { status: "unchanged"; commit: string }
  | {
      status: "conflict" | "dirty" | "protected" | "gone";
      message: string;
      hint: string;
      paths: string[];
    };
