import { ExternalError } from "../../errors.ts";
import { isRefusal } from "./errors.ts";
import type { Send, SendForBytes } from "./request.ts";

/** The most entries that lakeFS puts on a page, or takes in a request. */
export const PAGE = 1000;

/** What every group of calls is made of. */
export interface Rest {
  send: Send;
  sendForBytes: SendForBytes;
  /** Segments below the repository. */
  at(...path: string[]): string[];
  /** All entries of a listing, page by page. */
  pages<T>(path: string[], query: Record<string, string>): AsyncGenerator<T>;
}

export function restOf(
  send: Send,
  sendForBytes: SendForBytes,
  repository: string,
): Rest {
  return {
    send,
    sendForBytes,
    at: (...path) => ["repositories", repository, ...path],
    async *pages<T>(path: string[], query: Record<string, string>) {
      for (let after = ""; ; ) {
        const page = json<Page<T>>(
          await send({
            method: "GET",
            path,
            query: { ...query, after, amount: String(PAGE) },
          }),
        );
        if (!Array.isArray(page.results) || !page.pagination) throw notLakefs();

        yield* page.results;
        if (!page.pagination.has_more) return;

        after = page.pagination.next_offset;
      }
    },
  };
}

interface Page<T> {
  pagination: { has_more: boolean; next_offset: string };
  results: T[];
}

/** Null where the server says that there is no such thing. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isRefusal(error, "missing")) return null;
    throw error;
  }
}

/** Throws `ExternalError` where another server answers. */
export function json<T>(text: string): T {
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
