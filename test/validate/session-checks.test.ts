import { expect, test } from "vitest";
import { SESSION_CHECKS } from "../../src/validate/checks/session-checks.ts";
import { SESSION_CHECK_NAMES } from "../../src/validate/checks/static-checks.ts";

test("the names that the parent asks for are those that the worker has", () => {
  expect(SESSION_CHECK_NAMES.toSorted()).toEqual(
    SESSION_CHECKS.map(({ name }) => name).toSorted(),
  );
});
