import type { Subject } from "../transfer/errors.ts";

/** Commits of lakeFS have names of this form. */
export const COMMIT = /^[0-9a-f]{64}$/;

/** One call of lakeFS's REST API. */
export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments below `/api/v1`; encoded where it is sent. */
  path: readonly string[];
  query?: Record<string, string>;
  body?: unknown;
  /** Commits and merges may take minutes. */
  slow?: boolean;
  /** Clearing up: also when the run was cancelled, and only for a moment. */
  farewell?: boolean;
}

/** What a request asks for: where the answer is 404, this was not found, or the repository that holds it. */
export function subjectOf({ path, query, body }: ApiRequest): Subject {
  const { source } = (body ?? {}) as { source?: unknown };
  const commit = [...path, source].find((part) => COMMIT.test(String(part)));
  if (commit !== undefined) return { kind: "commit", name: String(commit) };

  const [top, repository = "", area, ref] = path;
  if (top !== "repositories") return { kind: "other", name: path.join("/") };

  switch (area) {
    case undefined:
      return { kind: "repository", name: repository };
    case "branches":
      return branchOf(repository, ref ?? source);
    case "refs":
      return path.includes("objects") && query?.path
        ? { kind: "object", name: query.path }
        : { kind: "ref", name: ref ?? "" };
    case "commits":
      return { kind: "ref", name: ref ?? "" };
    default:
      return { kind: "other", name: path.slice(2).join("/") };
  }
}

/** A listing of branches has no name. */
function branchOf(repository: string, name: unknown): Subject {
  return typeof name === "string"
    ? { kind: "branch", name }
    : { kind: "repository", name: repository };
}
