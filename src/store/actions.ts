/**
 * What a store's server knows of pushes, and of the actions that they start there. Only a store with a server that runs
 * actions has it.
 */
export interface StoreActions {
  /** A commit of the store, null where it does not know it. */
  commit(id: string): Promise<PushedCommit | null>;
  /** The newest commit of a branch that a person made, no merge; null where there is none among the last. */
  newestPush(branch: string): Promise<PushedCommit | null>;
  /**
   * Tries on a hidden branch, which is gone afterwards, what an action may do. No other action of the repository runs.
   * Throws `ExternalError` and `UsageError` as a publication does.
   */
  probe(from: string): Promise<ActionAbility>;
  /** The last run of the action of this name on any branch; null where none of the newest runs is of it. */
  lastRun(action: string): Promise<ActionRun | null>;
}

export interface PushedCommit {
  id: string;
  madeAt: Date;
  /** Made by model-to-edge: a publication, a landing, the action itself. */
  isOurs: boolean;
}

/** `lua`: scripts may talk to other servers. `webhook`: they may not, addresses are called. `off`: no action runs. */
export type ActionAbility = "lua" | "webhook" | "off";

export interface ActionRun {
  branch: string;
  startedAt: Date;
  passed: boolean;
  /** What the hook printed, at most a few kilobytes: foreign text. */
  output: string;
}

/** Keys of the metadata of our own commits begin so. */
export const OWN_KEYS = "model-to-edge.";
