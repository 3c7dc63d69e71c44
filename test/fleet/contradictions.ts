import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** The document that is harmed, below `--out`. */
export const B = "models/b/conversion.json";

export function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, "utf8");
  expect(change(text)).not.toBe(text);
  writeFileSync(file, change(text));
}

type Json = Record<string, unknown>;
const change = (out: string, make: (conversion: Json) => Json) =>
  edit(join(out, B), (text) => {
    const conversion: Json = JSON.parse(text);
    return JSON.stringify({ ...conversion, ...make(conversion) });
  });
const without = (files: unknown, name: string) =>
  (files as { path: string }[]).filter(({ path }) => !path.endsWith(name));

/** Documents that are whole and of this plan, and do not agree. */
export const CONTRADICTIONS: [string, (out: string) => unknown, RegExp][] = [
  [
    "no file in the draft",
    (out) => change(out, () => ({ staged: [] })),
    /the files of the draft are not the ones that were checked$/,
  ],
  [
    "a file in the draft that is another one",
    (out) =>
      change(out, ({ staged }) => ({
        staged: (staged as Json[]).map((file) => ({
          ...file,
          sha256: "0".repeat(64),
        })),
      })),
    /the files of the draft are not the ones that were checked$/,
  ],
  [
    "a file in the draft that lies elsewhere",
    (out) =>
      change(out, ({ staged }) => ({
        staged: [
          { ...(staged as Json[])[0], path: "model/b/toy.weights" },
          ...(staged as Json[]).slice(1),
        ],
      })),
    /the files of the draft are not the ones that were checked$/,
  ],
  [
    "no verdict, and none in its files",
    (out) => {
      rmSync(join(out, "models/b/verdict.json"));
      change(out, ({ files }) => ({ files: without(files, "verdict.json") }));
    },
    /whether it may ship does not follow from its verdict$/,
  ],
  [
    "a verdict that nothing holds to its files",
    (out) =>
      change(out, ({ files, staged }) => ({
        files: without(files, "verdict.json"),
        staged: without(staged, "verdict.json"),
      })),
    /its verdict is not in its files$/,
  ],
  [
    "a red verdict, and a conversion that may ship",
    (out) => {
      edit(join(out, "models/b/verdict.json"), (text) =>
        text.replace('"outcome": "pass"', '"outcome": "fail"'),
      );
      change(out, ({ files }) => ({ files: without(files, "verdict.json") }));
    },
    /whether it may ship does not follow from its verdict$/,
  ],
  [
    "a conversion that may not ship, with a verdict that may",
    (out) => change(out, () => ({ ships: false })),
    /whether it may ship does not follow from its verdict$/,
  ],
  [
    "one that calls itself unchanged, with nothing published",
    (out) => change(out, () => ({ status: "unchanged" })),
    /whether it may ship does not follow from its verdict$/,
  ],
  [
    "the verdict of another model",
    (out) => {
      edit(join(out, "models/b/verdict.json"), (text) =>
        text.replace('"name": "b"', '"name": "a"'),
      );
      change(out, ({ files }) => ({ files: without(files, "verdict.json") }));
    },
    /the verdict is that of another model$/,
  ],
  [
    "no fingerprint",
    (out) => change(out, () => ({ fingerprint: null })),
    /it has no fingerprint$/,
  ],
];
