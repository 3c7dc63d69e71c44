import { Refusal } from "../transfer/errors.ts";
import type { UndoOutcome, UndoWish } from "../undo.ts";
import { findCommit } from "./land.ts";
import { dirtyOutcome, goneOutcome, protectedOutcome } from "./outcomes.ts";
import { countPending } from "./pending.ts";
import type { Repository } from "./repository.ts";

/** The branch's own side of a merge; lakeFS wants 0 for a plain commit. */
const FIRST_PARENT = 1;
const PLAIN = 0;

/** Reverts one commit of a branch by another one. After a lost answer the branch is asked by the metadata. */
export async function undoCommit(
  { api, name }: Repository,
  { target, commit, message, metadata }: UndoWish,
): Promise<UndoOutcome> {
  const facts = await api.getCommit(commit);
  if (facts === null) return goneOutcome(target);

  const parent = facts.parents.length > 1 ? FIRST_PARENT : PLAIN;

  try {
    await api.revert(target, { ref: commit, parent, message, metadata });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;

    const done = await findCommit(api, target, metadata);
    if (done !== null) return { status: "undone", commit: done };

    switch (error.kind) {
      case "no-changes":
        return { status: "unchanged", commit };
      case "protected":
        return protectedOutcome(target, error.message);
      case "dirty": {
        const { inputs, elsewhere } = await countPending(api, target, "");
        return dirtyOutcome(name, target, inputs + elsewhere);
      }
      case "conflict":
        return {
          status: "conflict",
          message: `later commits on ${target} changed the same files`,
          hint: "land the models that you want with a separate merge request",
        };
      default:
        throw error;
    }
  }

  const made = await findCommit(api, target, metadata);
  return { status: "undone", commit: made ?? commit };
}
