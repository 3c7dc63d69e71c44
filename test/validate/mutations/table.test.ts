import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { HARMLESS_BAKED, WRONG_BAKED } from "./baked-changes.ts";
import { WRONG_CONTRACTS, WRONG_STEPS } from "./contract-changes.ts";
import { HARMLESS } from "./dense-harmless.ts";
import { WRONG } from "./dense-wrong.ts";
import type { Mutation } from "./edits.ts";
import { HARMLESS_PICTURES } from "./harmless-pictures.ts";
import { HARMLESS_LEVELS, WRONG_LEVELS } from "./level-changes.ts";
import { WRONG_PICTURES } from "./wrong-pictures.ts";

const DOCUMENT = fileURLToPath(
  new URL("../../../docs/mutations.md", import.meta.url),
);

test("docs/mutations.md lists what the mutation suite changes", () => {
  const text = table();
  if (process.env.UPDATE_DOCS) writeFileSync(DOCUMENT, text);
  expect(readFileSync(DOCUMENT, "utf8"), "write it with UPDATE_DOCS=1").toBe(
    text,
  );
});

function table(): string {
  const wrong = [
    ...[
      ...WRONG.map(row("classifier")),
      ...WRONG_PICTURES.map(row("segmentor")),
      ...WRONG_BAKED.map(row("detector")),
    ],
    ...WRONG_LEVELS.map(row("detector of two levels")),
    ...[...WRONG_CONTRACTS, ...WRONG_STEPS].map(
      row("a detector's contract.json"),
    ),
  ];
  const harmless = [
    ...[
      ...HARMLESS.map(row("classifier")),
      ...HARMLESS_PICTURES.map(row("segmentor")),
    ],
    ...HARMLESS_BAKED.map(row("detector")),
    ...HARMLESS_LEVELS.map(row("detector of two levels")),
  ];
  return [
    "# What validation is tried on",
    "",
    "Tiny networks (a classifier, a segmentor, the suppression and the heads of a detector) and what is said of them are changed by program. `npm test` requires",
    "red for each wrong conversion, by the check that must find it, and green for each harmless change. Detections are tried as sets of boxes, in",
    "`test/validate/parity/detection.test.ts`.",
    "",
    `## ${wrong.length} wrong conversions: red`,
    "",
    "| network | change | found by |",
    "| --- | --- | --- |",
    ...wrong,
    "",
    `## ${harmless.length} harmless changes: green`,
    "",
    "| network | change |",
    "| --- | --- |",
    ...harmless,
    "",
  ].join("\n");
}

function row(
  network: string,
): (mutation: Pick<Mutation, "title" | "found">) => string {
  return ({ title, found }) =>
    `| ${network} | ${title} |${found ? ` ${found} |` : ""}`;
}
