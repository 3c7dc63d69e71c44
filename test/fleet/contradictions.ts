import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import type { Fingerprint } from "../../src/model/fingerprint.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { askedFingerprint } from "../../src/plan/unchanged.ts";
import { CHECKS_VERSION } from "../../src/validate/checks/registry.ts";

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

const INPUTS = /its inputs are not those of the plan$/;

type Fitting = Pick<Conversion, "inputs"> & { fingerprint: Fingerprint };

const inputs = (out: string, make: (all: Json[]) => Json[]) =>
  change(out, ({ inputs: all }) => ({ inputs: make(all as Json[]) }));
const eachWith = (other: Json) => (all: Json[]) =>
  all.map((file) => ({ ...file, ...other }));
const fingerprint = (out: string, other: Json) =>
  change(out, ({ fingerprint: own }) => ({
    fingerprint: { ...(own as Json), ...other },
  }));

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
  [
    "another engine",
    (out) => change(out, () => ({ engine: "other" })),
    /its engine is not that of the plan$/,
  ],
  [
    "code that the plan does not know",
    (out) =>
      change(out, () => ({
        code: { commit: "0".repeat(40), folder: "train", files: [] },
      })),
    /its code is not that of the plan$/,
  ],
  [
    "a lineage that the plan does not know",
    (out) =>
      change(out, () => ({ lineage: { parent_training_run_id: "run-8" } })),
    /its lineage is not that of the plan$/,
  ],
  ["one input less", (out) => inputs(out, (all) => all.slice(1)), INPUTS],
  [
    "an input twice",
    (out) => inputs(out, ([first = {}]) => [first, first]),
    INPUTS,
  ],
  ...["path", "token"].map(
    (key): [string, (out: string) => unknown, RegExp] => [
      `an input with another ${key}`,
      (out) => inputs(out, eachWith({ [key]: "other" })),
      INPUTS,
    ],
  ),
  [
    "an input with another size",
    (out) => inputs(out, eachWith({ size: 1 })),
    INPUTS,
  ],
  [
    "an input with another sha256, which the plan did not know",
    (out) => inputs(out, eachWith({ sha256: "0".repeat(64) })),
    /its fingerprint does not follow from its inputs and the plan$/,
  ],
  ...["spec", "verdict"].map(
    (key): [string, (out: string) => unknown, RegExp] => [
      `another fingerprint (${key})`,
      (out) => fingerprint(out, { [key]: "0".repeat(64) }),
      /its fingerprint does not follow from its inputs and the plan$/,
    ],
  ),
  [
    "a fingerprint of another engine's recipe, the rest made to fit",
    (out) =>
      change(out, (conversion) => {
        const { fingerprint: own, inputs: files } = conversion as Fitting;
        const plan: Plan = JSON.parse(
          readFileSync(join(out, "plan.json"), "utf8"),
        );
        const model = plan.models.find(({ name }) => name === "b");
        if (!model) throw new Error("b is not in the plan");
        const hashes = new Map(files.map(({ path, sha256 }) => [path, sha256]));
        const known = model.files.map((file) => ({
          ...file,
          sha256: hashes.get(file.path) ?? null,
        }));
        const exec = "0".repeat(64);
        const other = askedFingerprint(
          { ...model, files: known },
          exec,
          CHECKS_VERSION,
        );
        expect(other?.spec).toBe(own.spec);
        return { fingerprint: other };
      }),
    /the verdict answers another question$/,
  ],
  [
    "a file that was checked in another size",
    (out) =>
      change(out, ({ files }) => ({
        files: (files as Json[]).map((file) => ({ ...file, size: 1 })),
      })),
    /the files of the draft are not the ones that were checked$/,
  ],
];
