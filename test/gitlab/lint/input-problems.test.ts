import { expect, it } from "vitest";
import { lint } from "./lint.ts";
import { COMPONENT, including } from "./lint-rows.ts";

it.each([
  ["convert", "fail-no", "fail-on"],
  ["convert", "model_branch", "model-branch"],
  ["convert-fleet", "max-job", "max-jobs"],
  ["land", "waits", "wait"],
])("an input of %s that is misspelt, %s, is %s", async (name, wrong, right) => {
  const file = `include:\n${including(name, `${wrong}: x`)}`;

  expect(await lint(file)).toEqual([
    {
      code: "input-unknown",
      says: expect.stringContaining(`an input ${wrong},`),
      fix: `write \`${right}\` for \`${wrong}\``,
    },
  ]);
});

it("an input that is like none is listed with those that there are", async () => {
  const file = `include:\n${including("land", "gpu-memory: 1")}`;

  expect(await lint(file)).toMatchObject([
    { fix: expect.stringContaining("store, land, target-branch") },
  ]);
});

it.each(["stroe", "Store", "stor"])(
  "a store that is misspelt, %s, does not hide the include",
  async (wrong) => {
    const file = `include:\n${including("convert")}`.replace(
      "store:",
      `${wrong}:`,
    );

    expect(await lint(file)).toMatchObject([
      { fix: `write \`store\` for \`${wrong}\`` },
    ]);
  },
);

it("another's component of the same name is not looked at", async () => {
  const file = `include:\n  - component: ${COMPONENT}/convert@1\n    inputs: { stage: x, storage: y }\n`;

  expect(await lint(file)).toEqual([]);
});
