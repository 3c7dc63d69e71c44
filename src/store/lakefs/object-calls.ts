import { ExternalError } from "../../errors.ts";
import { Garbled } from "../transfer/errors.ts";
import { inStep } from "../transfer/object-step.ts";
import type { FetchedBytes } from "./request.ts";
import { json, orNull, PAGE, type Rest } from "./rest.ts";

/** An object as `ls` shows it. */
export interface ListedObject {
  path: string;
  checksum: string;
  size: number;
  /** Where its bytes lie below the store; "" where the server does not say. */
  address: string;
}

/** Calls about objects, and about where two states differ. */
export function objectCalls(rest: Rest) {
  return {
    async *listObjects(
      ref: string,
      prefix: string,
    ): AsyncGenerator<ListedObject> {
      const results = rest.pages<ObjectAnswer>(
        rest.at("refs", ref, "objects", "ls"),
        { prefix, user_metadata: "false" },
        (entries) => checkObjects(entries, prefix),
      );
      for await (const object of results)
        yield {
          path: object.path,
          checksum: object.checksum,
          size: object.size_bytes ?? 0,
          address: object.physical_address ?? "",
        };
    },
    async statObject(
      ref: string,
      path: string,
    ): Promise<{ address: string; metadata: Record<string, string> }> {
      const request = {
        method: "GET",
        path: rest.at("refs", ref, "objects", "stat"),
        query: { path },
      } as const;

      return inStep("reading", path, () =>
        rest.send(request, (answer) => {
          const { physical_address, metadata } = json<{
            physical_address?: unknown;
            metadata?: Record<string, string> | null;
          }>(answer);
          if (typeof physical_address !== "string")
            throw new Garbled("its answer is not an object");

          return { address: physical_address, metadata: metadata ?? {} };
        }),
      );
    },
    getObject(
      ref: string,
      path: string,
      limit: number,
    ): Promise<FetchedBytes | "too-large" | null> {
      const request = {
        method: "GET",
        path: rest.at("refs", ref, "objects"),
        query: { path },
      } as const;

      return orNull(
        inStep("reading", path, () => rest.sendForBytes(request, limit)),
      );
    },
    /** Paths with uncommitted changes. */
    async *diffBranch(branch: string): AsyncGenerator<{ path: string }> {
      yield* rest.pages(rest.at("branches", branch, "diff"), {});
    },
    /** Paths that differ between two commits. */
    async *diffRefs(
      left: string,
      right: string,
      prefix = "",
    ): AsyncGenerator<{ path: string }> {
      yield* rest.pages(rest.at("refs", left, "diff", right), {
        type: "two_dot",
        prefix,
      });
    },
    /** Paths that a merge of the source could not decide. */
    async *conflicts(
      source: string,
      destination: string,
    ): AsyncGenerator<string> {
      const changes = rest.pages<{ path: string; type: string }>(
        rest.at("refs", destination, "diff", source),
        {
          type: "three_dot",
        },
      );
      for await (const { path, type } of changes)
        if (type === "conflict") yield path;
    },
    async deleteObjects(branch: string, paths: string[]): Promise<void> {
      for (let start = 0; start < paths.length; start += PAGE) {
        const body = { paths: paths.slice(start, start + PAGE) };
        const [problem] = await rest.send(
          {
            method: "POST",
            path: rest.at("branches", branch, "objects", "delete"),
            body,
          },
          (text) =>
            json<{ errors?: { message: string; path?: string }[] }>(text)
              .errors ?? [],
        );

        if (problem)
          throw new ExternalError(
            `lakeFS could not delete ${problem.path ?? ""}: ${problem.message}`,
            {
              code: "store-failed",
              hint: "run again later; see the server's own log",
            },
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
      await inStep("copy", path, () =>
        rest.tell({
          method: "POST",
          path: rest.at("branches", branch, "objects", "copy"),
          query: { dest_path: path },
          body,
        }),
      );
    },
  };
}

interface ObjectAnswer {
  path: string;
  checksum: string;
  size_bytes?: number;
  physical_address?: string;
}

/** lakeFS lists what begins with the prefix, in byte order, each once. */
function checkObjects(entries: ObjectAnswer[], prefix: string): void {
  let before: Buffer | null = null;

  for (const { path, checksum, size_bytes = 0 } of entries) {
    const isObject =
      typeof path === "string" &&
      path.startsWith(prefix) &&
      typeof checksum === "string" &&
      Number.isSafeInteger(size_bytes);
    const bytes: Buffer | null = isObject ? Buffer.from(path) : null;
    if (!bytes || (before && Buffer.compare(before, bytes) >= 0))
      throw new Garbled("its answer is not a listing of objects");

    before = bytes;
  }
}
