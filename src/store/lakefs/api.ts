import { ExternalError } from "../../errors.ts";
import { isRefusal } from "./errors.ts";
import type { Send, SendForBytes } from "./request.ts";

/** An object as `ls` shows it. */
export interface ListedObject {
  path: string;
  checksum: string;
  size: number;
}

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

/** The calls of lakeFS's REST API that a store needs, each by the name of its operation in `/openapi.json`. */
export type LakefsApi = ReturnType<typeof lakefsApi>;

const PAGE = "1000";

export function lakefsApi(
  send: Send,
  sendForBytes: SendForBytes,
  repository: string,
) {
  const at = (...path: string[]): string[] => [
    "repositories",
    repository,
    ...path,
  ];

  async function* pages<T>(
    path: string[],
    query: Record<string, string>,
  ): AsyncGenerator<T> {
    for (let after = ""; ; ) {
      const page = json<{
        pagination: { has_more: boolean; next_offset: string };
        results: T[];
      }>(
        await send({
          method: "GET",
          path,
          query: { ...query, after, amount: PAGE },
        }),
      );
      if (!Array.isArray(page.results) || !page.pagination) throw notLakefs();

      yield* page.results;
      if (!page.pagination.has_more) return;

      after = page.pagination.next_offset;
    }
  }

  return {
    async getRepository(): Promise<void> {
      json(await send({ method: "GET", path: at() }));
    },
    /** The branch's head; null where it does not exist. */
    async getBranch(branch: string): Promise<string | null> {
      const text = await orNull(
        send({ method: "GET", path: at("branches", branch) }),
      );
      return text === null ? null : json<{ commit_id: string }>(text).commit_id;
    },
    /** A hidden one is seen only by who asks for hidden ones. A branch that is there already is fine. */
    async createBranch(
      name: string,
      source: string,
      hidden: boolean,
    ): Promise<void> {
      try {
        await send({
          method: "POST",
          path: at("branches"),
          body: { name, source, hidden },
        });
      } catch (error) {
        if (!isRefusal(error, "exists")) throw error;
      }
    },
    async deleteBranch(branch: string): Promise<void> {
      await orNull(
        send({
          method: "DELETE",
          path: at("branches", branch),
          farewell: true,
        }),
      );
    },
    async *listBranches(
      prefix: string,
    ): AsyncGenerator<{ id: string; commit_id: string }> {
      yield* pages(at("branches"), { prefix, show_hidden: "true" });
    },
    async *listObjects(
      ref: string,
      prefix: string,
    ): AsyncGenerator<ListedObject> {
      const results = pages<{
        path: string;
        checksum: string;
        size_bytes?: number;
      }>(at("refs", ref, "objects", "ls"), {
        prefix,
        user_metadata: "false",
      });
      for await (const { path, checksum, size_bytes } of results)
        yield { path, checksum, size: size_bytes ?? 0 };
    },
    getObject(
      ref: string,
      path: string,
      limit: number,
    ): Promise<Uint8Array | "too-large" | null> {
      return orNull(
        sendForBytes(
          { method: "GET", path: at("refs", ref, "objects"), query: { path } },
          limit,
        ),
      );
    },
    /** Paths with uncommitted changes. */
    async *diffBranch(branch: string): AsyncGenerator<{ path: string }> {
      yield* pages(at("branches", branch, "diff"), {});
    },
    /** Paths that differ between two commits. */
    async *diffRefs(
      left: string,
      right: string,
      prefix = "",
    ): AsyncGenerator<{ path: string }> {
      yield* pages(at("refs", left, "diff", right), {
        type: "two_dot",
        prefix,
      });
    },
    /** Paths that a merge of the source could not decide. */
    async *conflicts(
      source: string,
      destination: string,
    ): AsyncGenerator<string> {
      const changes = pages<{ path: string; type: string }>(
        at("refs", destination, "diff", source),
        {
          type: "three_dot",
        },
      );
      for await (const { path, type } of changes)
        if (type === "conflict") yield path;
    },
    async deleteObjects(branch: string, paths: string[]): Promise<void> {
      for (let start = 0; start < paths.length; start += Number(PAGE)) {
        const body = { paths: paths.slice(start, start + Number(PAGE)) };
        const text = await send({
          method: "POST",
          path: at("branches", branch, "objects", "delete"),
          body,
        });

        const [problem] =
          json<{ errors?: { message: string; path?: string }[] }>(text)
            .errors ?? [];

        if (problem)
          throw new ExternalError(
            `lakeFS could not delete ${problem.path ?? ""}: ${problem.message}`,
          );
      }
    },
    /** Puts the object of another ref at the same path of a branch. */
    async copyObject(
      branch: string,
      path: string,
      from: string,
    ): Promise<void> {
      const body = { src_path: path, src_ref: from };
      await send({
        method: "POST",
        path: at("branches", branch, "objects", "copy"),
        query: { dest_path: path },
        body,
      });
    },
    async commit(branch: string, text: CommitText): Promise<string> {
      const answer = await send({
        method: "POST",
        path: at("branches", branch, "commits"),
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
      const path = at("refs", source, "merge", destination);
      const body = strategy ? { ...text, strategy } : text;

      return json<{ reference: string }>(
        await send({ method: "POST", path, body, slow: true }),
      ).reference;
    },
    /** The newest commit from which both can be reached. */
    async findMergeBase(source: string, destination: string): Promise<string> {
      const text = await send({
        method: "GET",
        path: at("refs", source, "merge", destination),
      });
      return json<{ base_commit_id: string }>(text).base_commit_id;
    },
    /** Null where it does not exist. */
    async getCommit(ref: string): Promise<CommitFacts | null> {
      const text = await orNull(
        send({ method: "GET", path: at("commits", ref) }),
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

      const text = await send({
        method: "GET",
        path: at("refs", ref, "commits"),
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

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}

function json<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw notLakefs();
  }
}

function notLakefs(): ExternalError {
  return new ExternalError("the server does not answer as lakeFS does", {
    code: "not-lakefs",
    hint: "LAKECTL_SERVER_ENDPOINT_URL must be the root of a lakeFS server; a proxy or a login page may stand before it",
  });
}
