import { uncommittedHint } from "../uncommitted-hint.ts";
import { readHookRefusal } from "./hook-refusal.ts";

/** An outcome that is not a publication and no landing, with its words. */
export interface Obstacle<
  Status extends "dirty" | "conflict" | "protected" | "gone",
> {
  status: Status;
  message: string;
  hint: string;
}

/** Why nothing was published, in words for people. */
export function dirtyOutcome(
  repository: string,
  branch: string,
  count: number,
): Obstacle<"dirty"> {
  const address = `lakefs://${repository}/${branch}`;
  return {
    status: "dirty",
    message: `branch ${branch} has ${objects(count)} that are not committed, and lakeFS refuses every merge into such a branch`,
    hint: `${uncommittedHint(address)}. Then run again (neither is allowed while a protection rule covers the branch)`,
  };
}

export function goneOutcome(branch: string): Obstacle<"gone"> {
  return {
    status: "gone",
    message: `branch ${branch} was removed from the store during the run`,
    hint: "nothing was published; create the branch again, then run again",
  };
}

export function protectedOutcome(
  branch: string,
  message: string,
): Obstacle<"protected"> {
  return {
    status: "protected",
    message: `lakeFS does not allow merging into branch ${branch}: ${message}`,
    hint: "check whether the repository is read-only; a branch protection rule alone allows merges",
  };
}

/** `who` and `says` of the hook; null where it may say something else another time. */
export function hookOutcome(
  branch: string,
  message: string,
): Obstacle<"protected"> | null {
  const { event, who, says, outage } = readHookRefusal(message);
  if (outage) return null;

  return {
    status: "protected",
    message: `${who} refuses the change to branch ${branch}: ${says}`,
    hint: hookHint(event),
  };
}

/** What must change so that a hook lets a publication pass. */
export function hookHint(event: string): string {
  if (event === "pre-create-branch")
    return "let the rule admit the hidden branches mte-draft-*, which a publication makes and removes (_lakefs_actions/ of the repository)";
  if (event === "pre-commit")
    return "let the rule admit commits on the hidden branches mte-draft-*, which carry the metadata model-to-edge.* (_lakefs_actions/ of the repository)";
  if (event === "pre-merge")
    return "do what the rule asks, or let it admit merges that carry the metadata model-to-edge.* (_lakefs_actions/ of the repository)";

  return "do what it asks, or fix the files in _lakefs_actions/ of the repository";
}

export function conflictOutcome(
  branch: string,
  rounds: number,
): Obstacle<"conflict"> {
  return {
    status: "conflict",
    message: `branch ${branch} changed ${rounds} times during this publication, each time in the same files`,
    hint: "run again when the other runs have finished; one resource_group for all publishing jobs avoids this",
  };
}

function objects(count: number): string {
  return count === 1 ? "1 object" : `${count} objects`;
}
