import { expect, test } from "vitest";
import { refusalKind } from "../../../src/store/lakefs/refusal-kind.ts";

// Answers of lakeFS v1.84, as measured.
test.each([
  [400, "commit: no changes", "no-changes"],
  [400, "update branch main: no changes", "no-changes"],
  [400, "uncommitted changes (dirty branch)", "dirty"],
  [400, "invalid ref", "other"],
  [401, "error authenticating request", "auth"],
  [403, "cannot write to protected branch", "protected"],
  [403, "read-only repository", "protected"],
  [404, "branch 'x' not found", "missing"],
  [409, "branch already exists: not unique", "exists"],
  [409, "", "conflict"],
  [412, "update branch main: pre-merge hook aborted, run id '1'", "hook"],
  [423, "branch is locked", "busy"],
  [429, "too many requests", "busy"],
  [500, "predicate failed", "busy"],
  [500, "branch is currently locked", "busy"],
  [500, "prepare-commit hook aborted", "broken"],
  [500, "prepare-commit hook aborted, run id: parsing file a.yaml", "hook"],
  [410, "No data", "no-data"],
  [503, "slow down", "busy"],
] as const)("%i %j means %s", (status, message, kind) => {
  expect(refusalKind(status, message)).toBe(kind);
});
