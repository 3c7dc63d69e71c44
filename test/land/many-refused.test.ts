import { expect, it } from "vitest";
import type { JudgedModel } from "../../src/land/landing.ts";
import { refusalOf } from "../../src/land/refusal.ts";
import { fileStore } from "../../src/store/file.ts";
import { storeContext } from "../support/store-context.ts";

const NAMES = Array.from({ length: 1000 }, (_, n) => `m${n}`);

function reasonOf(models: JudgedModel[]): string {
  const refusal = refusalOf(
    {
      target: "main",
      store: fileStore(storeContext(), "file:///nowhere", "/nowhere"),
    },
    { sourceBranch: "feature/x" },
    "feature--x",
    { models, conflicts: [] },
  );

  return refusal?.reason ?? "";
}

it("a reason of a thousand models stands once, with the first names and files", () => {
  const models = NAMES.map(
    (name): JudgedModel => ({
      ...{ name, state: "stale", sentence: "changed after its verdict" },
      files: [`model/${name}/a.pth`],
    }),
  );

  expect(reasonOf(models)).toMatch(
    /^m0, m1, m2, m3, m4 and 995 more: changed after its verdict \(model\/m0\/a\.pth, .* and 990 more\)$/,
  );
});

it("a thousand reasons are ten, and where the others are", () => {
  const models = NAMES.map(
    (name): JudgedModel => ({
      ...{ name, state: "red", sentence: `${name} differs`, files: [] },
    }),
  );

  const reasons = reasonOf(models).split("; ");
  expect(reasons).toHaveLength(11);
  expect(reasons[0]).toBe("m0: m0 differs");
  expect(reasons.at(-1)).toBe(
    "other reasons in `land.json`: m10, m11, m12, m13, m14 and 985 more",
  );
});
