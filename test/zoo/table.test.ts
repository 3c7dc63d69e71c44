import { expect, test } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { zooTable } from "../../scripts/parts/zoo-table.mjs";

const ROW = {
  name: "swin-tiny",
  title: "Swin",
  codebase: "mmpretrain",
  config: "swin_transformer/swin.py",
};
const RESULT = {
  name: ROW.name,
  recipe: "r",
  outcome: "pass",
  reason: "",
  date: "2026-11-28",
  commit: "270bef7",
  opset: 11,
  bytes: 2e7,
  cpu_seconds: 61.4,
  validate_cpu_seconds: 12.2,
  fixed: { height: "size differs", width: "size differs", batch: "rows | mix" },
  outputs: [],
};

test("the table says when it was run, which axes are fixed by each reason, and the CPU seconds", () => {
  const table = zooTable([ROW], new Map([[ROW.name, RESULT]]));
  expect(cells(table)).toMatchObject({
    run: "2026-11-28 270bef7",
    verdict: "pass",
    "fixed, and why": "height, width: size differs; batch: rows \\| mix",
    "CPU s": "61 / 12",
  });
});

test("a row that was not run, and one that was not converted, have no numbers", () => {
  const refused = { name: "x", recipe: "r", outcome: "not converted" };
  const [notRun, notConverted] = [
    zooTable([ROW], new Map([[ROW.name, null]])),
    zooTable([ROW], new Map([[ROW.name, { ...refused, reason: "why" }]])),
  ];
  expect(cells(notRun)).toMatchObject({ verdict: "not run", "CPU s": "" });
  expect(cells(notConverted)).toMatchObject({
    verdict: "not converted",
    "in one line": "why",
    "fixed, and why": "",
    "CPU s": "",
  });
});

/** The first row of a table in Markdown, by the heads of its columns. */
function cells(text: string): Record<string, string> {
  const [head = [], , row = []] = (text.match(/^\|.*$/gm) ?? []).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return Object.fromEntries(head.map((name, at) => [name, row[at] ?? ""]));
}
