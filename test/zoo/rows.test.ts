import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  checkRows,
  namesInTable,
  recipeOf,
  resultOf,
  rowsToRun,
  shardOf,
  withTable,
  // biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
} from "../../scripts/parts/zoo-rows.mjs";

const { models } = JSON.parse(readFileSync("test/zoo/models.json", "utf8")) as {
  models: unknown[];
};
const ROW = {
  name: "fcn",
  title: "FCN",
  codebase: "mmseg",
  config: "fcn/fcn.py",
};

test("the zoo's rows are well-formed, and the three codebases are there", () => {
  const rows = checkRows(models);
  expect(new Set(rows.map(({ codebase }) => codebase))).toEqual(
    new Set(["mmpretrain", "mmdet", "mmseg"]),
  );
});

test("docs/models.md has a line for each row, and no other", () => {
  expect(namesInTable(readFileSync("docs/models.md", "utf8"))).toEqual(
    checkRows(models).map(({ name }) => name),
  );
});

test.each<[what: string, row: Record<string, unknown>, complaint: RegExp]>([
  [
    "a name with capitals",
    { ...ROW, name: "FCN" },
    /FCN: a name is small letters/,
  ],
  ["no name", { title: "FCN" }, /a name is/],
  [
    "another codebase",
    { ...ROW, codebase: "mmpose" },
    /fcn: unknown codebase mmpose/,
  ],
  [
    "a configuration outside of the wheel",
    { ...ROW, config: "../fcn.py" },
    /fcn: config is/,
  ],
  ["no title", { ...ROW, title: "" }, /fcn: it has no title/],
  [
    "a detector without scores to aim at",
    { ...ROW, codebase: "mmdet" },
    /fcn: a detector needs/,
  ],
])("a row with %s is refused by name", (_, row, complaint) => {
  expect(() => checkRows([row])).toThrow(complaint);
});

test("two rows of one name are refused", () => {
  expect(() => checkRows([ROW, ROW])).toThrow(/fcn: the name is there twice/);
});

test("shards are disjoint, and all of them together are all rows", () => {
  const rows = [...Array(11).keys()];
  const shards = [1, 2, 3].map((index) => shardOf(rows, `${index}/3`));
  expect(shards.flat().sort((a, b) => a - b)).toEqual(rows);
  expect(shards.map(({ length }) => length)).toEqual([4, 4, 3]);
  expect(shardOf(rows, undefined)).toEqual(rows);
});

test.each(["0/3", "4/3", "1", "a/b", "1/0"])(
  "--shard %s is refused",
  (shard) => {
    expect(() => shardOf([1], shard)).toThrow(
      `--shard ${shard}: give INDEX/COUNT`,
    );
  },
);

test("a finished row is run again only when its recipe changed, or when asked to", () => {
  const rows = [ROW, { ...ROW, name: "unet" }, { ...ROW, name: "icnet" }];
  const sources = ["src/a.ts", "one"];
  const recipe = (row: unknown) => recipeOf(row, sources);
  const results = new Map([
    ["fcn", recipe(rows[0])],
    ["unet", recipeOf(rows[1], ["src/a.ts", "two"])],
  ]);
  const finished = ({ name }: { name: string }) => {
    const known = results.get(name);
    return known ? { recipe: known, outcome: "pass" } : null;
  };
  const stopped = (row: { name: string }) => ({
    recipe: recipe(row),
    outcome: "not run",
  });
  expect(rowsToRun(rows, { recipe, finished: stopped, again: false })).toEqual(
    rows,
  );
  expect(
    rowsToRun(rows, { recipe, finished, again: false }).map(({ name }) => name),
  ).toEqual(["unet", "icnet"]);
  expect(rowsToRun(rows, { recipe, finished, again: true })).toEqual(rows);
});

test("a recipe changes with the row, and with where one source ends and the next begins", () => {
  const known = recipeOf(ROW, ["ab", "c"]);
  expect(known).toMatch(/^[0-9a-f]{16}$/);
  expect(recipeOf({ ...ROW, title: "F" }, ["ab", "c"])).not.toBe(known);
  expect(recipeOf(ROW, ["a", "bc"])).not.toBe(known);
});

const check = (status: string, kind?: string) => ({
  check: "parity",
  status,
  kind,
  message: { code: "text", parts: [{ text: "w" }, { code: "hy" }] },
  details: {},
});
const conversion = {
  files: [],
  warnings: [],
  timings: {},
  environment: {},
  isolation: "",
  failure: null,
};

test.each<[outcome: string, verdict: { outcome: string; checks: unknown[] }]>([
  ["pass", { outcome: "pass", checks: [check("pass")] }],
  ["warn", { outcome: "warn", checks: [check("warn")] }],
  ["fail, unproven", { outcome: "fail", checks: [check("fail", "unproven")] }],
  [
    "fail, wrong",
    {
      outcome: "fail",
      checks: [check("fail", "unproven"), check("fail", "wrong")],
    },
  ],
])("the result of a verdict is: %s", (outcome, verdict) => {
  const documents = {
    conversion,
    verdict,
    again: "same",
    opset: 11,
    peak: 0,
    seconds: 1,
  };
  expect(resultOf(ROW, "r", documents)).toMatchObject({
    name: "fcn",
    recipe: "r",
    outcome,
    reason: outcome === "pass" ? "" : expect.stringContaining("parity: why"),
  });
});

test("a model that the engine refuses has the engine's reason as its result", () => {
  const failure = { code: "export-failed", message: "an operator is unknown" };
  const documents = {
    conversion: { ...conversion, failure },
    verdict: null,
    peak: 0,
    seconds: 1,
  };
  expect(resultOf(ROW, "r", documents)).toMatchObject({
    outcome: "not converted",
    reason: failure.message,
  });
});

test("the table takes its place in the page, and nothing else changes", () => {
  const page = `# Models\n\n<!-- table made by scripts/zoo.mjs -->\n\nold\n\n<!-- end of table -->\n\nFindings\n`;
  const written = withTable(page, "| model |\n| ----- |\n| fcn |\n| u-net |");
  expect(written).toBe(
    page.replace("old", "| model |\n| ----- |\n| fcn |\n| u-net |"),
  );
  expect(namesInTable(written)).toEqual(["fcn", "u-net"]);
  expect(() => withTable("# Models", "")).toThrow(/the page needs the lines/);
});
