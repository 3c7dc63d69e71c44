import { Garbled } from "../transfer/errors.ts";
import { commitName, json, orNull, type Rest } from "./rest.ts";

export interface CommitFacts {
  id: string;
  /** Set by the server: the user whose credentials made it. */
  committer: string;
  createdAt: Date;
  parents: string[];
  metadata: Record<string, string>;
}

export interface CommitText {
  message: string;
  metadata: Record<string, string>;
}

export interface Revert extends CommitText {
  ref: string;
  parent: number;
}

export interface MergeWay {
  /** Whose side stays where both changed a path; absent: that is a conflict. */
  strategy?: "dest-wins" | "source-wins";
  /** One commit upon the destination, without the source's commits. Asked twice, it makes two. */
  squash_merge?: true;
}

/** Calls that make commits and look at them. */
export function commitCalls(rest: Rest) {
  const log = (
    ref: string,
    amount: number,
    which: Record<string, string>,
  ): Promise<CommitFacts[]> =>
    rest.send(
      {
        method: "GET",
        path: rest.at("refs", ref, "commits"),
        query: { amount: String(amount), ...which },
      },
      (text) => {
        const { results } = json<{ results?: CommitAnswer[] }>(text);
        if (!Array.isArray(results))
          throw new Garbled("its answer is not a listing of commits");

        return results.map(commitFacts);
      },
    );

  return {
    async commit(branch: string, text: CommitText): Promise<string> {
      return rest.send(
        {
          method: "POST",
          path: rest.at("branches", branch, "commits"),
          body: text,
          slow: true,
        },
        (answer) => commitName(json<{ id?: unknown }>(answer).id),
      );
    },
    async merge(
      source: string,
      destination: string,
      text: CommitText,
      how: MergeWay = {},
    ): Promise<string> {
      const path = rest.at("refs", source, "merge", destination);
      const body = { ...text, ...how };

      return rest.send({ method: "POST", path, body, slow: true }, (answer) =>
        commitName(json<{ reference?: unknown }>(answer).reference),
      );
    },
    /** Takes one commit of a branch back by a new one. `parent`: 0 for a plain commit, 1 for a merge. */
    async revert(branch: string, wish: Revert): Promise<void> {
      await rest.tell({
        method: "POST",
        path: rest.at("branches", branch, "revert"),
        body: {
          ref: wish.ref,
          parent_number: wish.parent,
          commit_overrides: {
            message: wish.message,
            metadata: wish.metadata,
          },
        },
        slow: true,
      });
    },
    /** The newest commit from which both can be reached. */
    async findMergeBase(source: string, destination: string): Promise<string> {
      return rest.send(
        {
          method: "GET",
          path: rest.at("refs", source, "merge", destination),
        },
        (text) =>
          commitName(json<{ base_commit_id?: unknown }>(text).base_commit_id),
      );
    },
    /** Null where it does not exist. */
    async getCommit(ref: string): Promise<CommitFacts | null> {
      return orNull(
        rest.send({ method: "GET", path: rest.at("commits", ref) }, (text) =>
          commitFacts(json(text)),
        ),
      );
    },
    /** The newest commits of a ref, first parents only, or those that changed an object (merges are then skipped). */
    async logCommits(
      ref: string,
      amount: number,
      object?: string,
    ): Promise<CommitFacts[]> {
      return log(
        ref,
        amount,
        object ? { objects: object, limit: "true" } : { first_parent: "true" },
      );
    },
    /** The newest commits of a ref, those of branches that were merged into it too. */
    logMerged(ref: string, amount: number): Promise<CommitFacts[]> {
      return log(ref, amount, {});
    },
    /** Those of the newest commits of a ref that changed anything below a prefix; merges are skipped. */
    logBelow(
      ref: string,
      amount: number,
      prefix: string,
    ): Promise<CommitFacts[]> {
      return log(ref, amount, { prefixes: prefix, limit: "true" });
    },
  };
}

interface CommitAnswer {
  id: string;
  committer?: string;
  parents: string[];
  metadata?: Record<string, string> | null;
  /** Seconds since 1970. */
  creation_date: number;
}

function commitFacts({
  id,
  committer,
  parents,
  metadata,
  creation_date,
}: CommitAnswer): CommitFacts {
  if (!Array.isArray(parents) || !Number.isFinite(creation_date))
    throw new Garbled("its answer is not a commit");

  return {
    id: commitName(id),
    committer: typeof committer === "string" ? committer : "",
    parents: parents.map(commitName),
    metadata: metadata ?? {},
    createdAt: new Date(creation_date * 1000),
  };
}
