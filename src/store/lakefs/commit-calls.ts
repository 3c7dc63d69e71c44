import { json, orNull, type Rest } from "./rest.ts";

export interface CommitFacts {
  id: string;
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

/** Calls that make commits and look at them. */
export function commitCalls(rest: Rest) {
  return {
    async commit(branch: string, text: CommitText): Promise<string> {
      const answer = await rest.send({
        method: "POST",
        path: rest.at("branches", branch, "commits"),
        body: text,
        slow: true,
      });
      return json<{ id: string }>(answer).id;
    },
    async merge(
      source: string,
      destination: string,
      text: CommitText,
      strategy?: "dest-wins",
    ): Promise<string> {
      const path = rest.at("refs", source, "merge", destination);
      const body = strategy ? { ...text, strategy } : text;

      return json<{ reference: string }>(
        await rest.send({ method: "POST", path, body, slow: true }),
      ).reference;
    },
    /** Takes one commit of a branch back by a new one. `parent`: 0 for a plain commit, 1 for a merge. */
    async revert(branch: string, wish: Revert): Promise<void> {
      await rest.send({
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
      const text = await rest.send({
        method: "GET",
        path: rest.at("refs", source, "merge", destination),
      });
      return json<{ base_commit_id: string }>(text).base_commit_id;
    },
    /** Null where it does not exist. */
    async getCommit(ref: string): Promise<CommitFacts | null> {
      const text = await orNull(
        rest.send({ method: "GET", path: rest.at("commits", ref) }),
      );
      return text === null ? null : commitFacts(json(text));
    },
    /** The newest commits of a ref, first parents only, or those that changed an object (merges are then skipped). */
    async logCommits(
      ref: string,
      amount: number,
      object?: string,
    ): Promise<CommitFacts[]> {
      const query = {
        amount: String(amount),
        ...(object
          ? { objects: object, limit: "true" }
          : { first_parent: "true" }),
      };

      const text = await rest.send({
        method: "GET",
        path: rest.at("refs", ref, "commits"),
        query,
      });

      return json<{ results: CommitAnswer[] }>(text).results.map(commitFacts);
    },
  };
}

interface CommitAnswer {
  id: string;
  parents: string[];
  metadata?: Record<string, string> | null;
  /** Seconds since 1970. */
  creation_date: number;
}

function commitFacts({
  id,
  parents,
  metadata,
  creation_date,
}: CommitAnswer): CommitFacts {
  return {
    id,
    parents,
    metadata: metadata ?? {},
    createdAt: new Date(creation_date * 1000),
  };
}
