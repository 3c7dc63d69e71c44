import { Garbled, isRefusal } from "../transfer/errors.ts";
import type { Send, SendForBytes } from "./request.ts";
import { type ApiRequest, COMMIT } from "./request-subject.ts";

/** The most entries that lakeFS puts on a page, or takes in a request. */
export const PAGE = 1000;

/** What every group of calls is made of. */
export interface Rest {
  send: Send;
  sendForBytes: SendForBytes;
  /** Segments below the repository. */
  at(...path: string[]): string[];
  /** Where the answer says nothing that is needed. */
  tell(request: ApiRequest): Promise<void>;
  /** All entries of a listing, page by page; `check` throws `Garbled` where an entry cannot be one. */
  pages<T>(
    path: string[],
    query: Record<string, string>,
    check?: (entries: T[]) => void,
  ): AsyncGenerator<T>;
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
    tell: (request) => send(request, () => {}),
    async *pages<T>(
      path: string[],
      query: Record<string, string>,
      check: (entries: T[]) => void = () => {},
    ) {
      for (let after = ""; ; ) {
        const request = {
          method: "GET",
          path,
          query: { ...query, after, amount: String(PAGE) },
        } as const;
        const page = await send(request, (text) => {
          const read = pageOf<T>(text);
          check(read.results);
          return read;
        });

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

function pageOf<T>(text: string): Page<T> {
  const page = json<Partial<Page<T>>>(text);
  const { results, pagination } = page;
  if (
    !Array.isArray(results) ||
    typeof pagination?.has_more !== "boolean" ||
    (pagination.has_more && typeof pagination.next_offset !== "string")
  )
    throw new Garbled("its answer is not a listing");

  return { results, pagination };
}

/** An object; its fields are not looked at. Throws `Garbled` where it is none. */
export function json<T extends object>(text: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Garbled("its answer is not JSON");
  }

  if (typeof data === "object" && data !== null) return data as T;

  throw new Garbled("its answer is not a JSON object");
}

/** A commit's name in an answer. Throws `Garbled` where it can be none. */
export function commitName(value: unknown): string {
  if (typeof value === "string" && COMMIT.test(value)) return value;

  throw new Garbled("its answer names no commit");
}
