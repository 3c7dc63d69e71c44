import { describe, expect, test } from "vitest";
import { UsageError } from "../src/errors.ts";
import { foreseen } from "../src/foreseen.ts";

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(code), { code, ...(path ? { path } : {}) });

describe("what is foreseen", () => {
  test.each(["EACCES", "EPERM", "EROFS"])(
    "%s names the path, also as the cause of another error",
    (code) => {
      const error = systemError(code, "/data/models");
      for (const thrown of [error, new Error("outer", { cause: error })])
        expect(foreseen(thrown)).toMatchObject({
          exitCode: 2,
          code: "access-denied",
          message: expect.stringContaining("/data/models"),
        });
    },
  );

  test("a fault of the machine is one that a retry may cure", () => {
    expect(foreseen(systemError("ENOSPC"))).toMatchObject({
      exitCode: 3,
      code: "disk-full",
    });
  });

  test("an error of ours stays as it is", () => {
    const error = new UsageError("no such folder", {
      code: "path-missing",
      hint: "name another",
      cause: systemError("EACCES", "/x"),
    });
    expect(foreseen(error)).toBe(error);
  });

  test.each([
    systemError("ENOENT", "/x"),
    systemError("EPERM"),
    new TypeError("undefined is not a function"),
    "EACCES",
    undefined,
  ])("%s is a bug", (thrown) => {
    expect(foreseen(thrown)).toBeNull();
  });
});
