import { ExternalError } from "../../errors.ts";
import type { FetchedBytes } from "./request.ts";
import { json, orNull, PAGE, type Rest } from "./rest.ts";

/** An object as `ls` shows it. */
export interface ListedObject {
  path: string;
  checksum: string;
  size: number;
}

/** Calls about objects, and about where two states differ. */
export function objectCalls(rest: Rest) {
  return {
    async *listObjects(
      ref: string,
      prefix: string,
    ): AsyncGenerator<ListedObject> {
      const results = rest.pages<{
        path: string;
        checksum: string;
        size_bytes?: number;
      }>(rest.at("refs", ref, "objects", "ls"), {
        prefix,
        user_metadata: "false",
      });
      for await (const { path, checksum, size_bytes } of results)
        yield { path, checksum, size: size_bytes ?? 0 };
    },
    async statObject(
      ref: string,
      path: string,
    ): Promise<{ address: string; metadata: Record<string, string> }> {
      const answer = await rest.send({
        method: "GET",
        path: rest.at("refs", ref, "objects", "stat"),
        query: { path },
      });
      const { physical_address, metadata } = json<{
        physical_address: string;
        metadata?: Record<string, string> | null;
      }>(answer);

      return { address: physical_address, metadata: metadata ?? {} };
    },
    getObject(
      ref: string,
      path: string,
      limit: number,
    ): Promise<FetchedBytes | "too-large" | null> {
      return orNull(
        rest.sendForBytes(
          {
            method: "GET",
            path: rest.at("refs", ref, "objects"),
            query: { path },
          },
          limit,
        ),
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
        const text = await rest.send({
          method: "POST",
          path: rest.at("branches", branch, "objects", "delete"),
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
      await rest.send({
        method: "POST",
        path: rest.at("branches", branch, "objects", "copy"),
        query: { dest_path: path },
        body,
      });
    },
  };
}
