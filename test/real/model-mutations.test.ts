import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/validate/verdict.ts";
import { realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import {
  mutationTable,
  type TriedMutation,
} from "../support/mutation-table.ts";
import { toyStore } from "../support/toy-store.ts";
import { validate } from "../support/validate.ts";

const python = realMmdeploy() ?? "";
/** Every n-th variant; `npm run test:mutations` tries all. */
const EVERY = Number(process.env.MODEL_MUTATIONS_EVERY ?? 60);
/** A file for a table of what was tried. */
const TABLE = process.env.MODEL_MUTATIONS_TABLE;
const TRAINED = (
  [
    { kind: "cls", title: "classifier", steps: 20 },
    { kind: "det", title: "detector", steps: 8 },
    { kind: "seg", title: "segmentor", steps: 20 },
  ] as const
).map(({ kind, title, steps }) => ({
  ...{ kind, title },
  make: (folder: string) => trainModel(python, kind, folder, steps),
}));

/** By another engine, which this environment has the torch for. */
const QUARTERS = {
  kind: "quarters",
  title: "classifier by the engine torch",
  make: (folder: string) => {
    const script = resolve("test/fixtures/torch/trained_pictures.py");
    execFileSync(python, ["-W", "ignore", script, folder], { stdio: "pipe" });
  },
};
const MODELS = [...TRAINED, QUARTERS];

interface Variant {
  title: string;
  folder: string;
  found: string | null;
}

const tried: TriedMutation[] = [];

describe.skipIf(!python)(
  "variants of real converted models, made by program",
  () => {
    it.each(MODELS)(
      "of the $title: wrong ones are red by the check that must find it, harmless ones are not",
      {
        timeout: 3_600_000,
      },
      async ({ kind, title: model, make }) => {
        const store = toyStore({});
        make(join(store.branch, "model", kind));
        const env = { MODEL_TO_EDGE_ENGINE_PYTHON_TORCH: python };
        const run = await store.run(["--publish", "none"], { env });
        expect(run.code, run.stdout).toBe(0);
        const done = join(store.cwd, "model-to-edge-out/models", kind);
        const misjudged: string[] = [];
        for (const { title, folder, found } of variants(
          join(done, "files"),
          join(store.root, "variants"),
        )) {
          const verdict = await validate(folder, {}, join(done, "evidence"));
          tried.push({
            model,
            title,
            found,
            outcome: verdict.outcome,
            by: failedChecks(verdict),
          });
          if (!judgedRightly(verdict, found))
            misjudged.push(`${title}: ${verdict.sentence}`);
        }
        expect(misjudged).toEqual([]);
        expect(
          tried.filter((each) => each.model === model).length,
        ).toBeGreaterThanOrEqual(80 / EVERY);
      },
    );

    afterAll(() => {
      if (TABLE) writeFileSync(TABLE, mutationTable(tried));
    });
  },
);

function variants(files: string, out: string): Variant[] {
  const args = ["-W", "ignore", "-m", "mutations", files, out, String(EVERY)];
  const lines = execFileSync(python, args, {
    cwd: resolve("test"),
    encoding: "utf8",
    maxBuffer: 1 << 24,
  });
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Variant);
}

function failedChecks({ checks }: Verdict): string[] {
  return checks
    .filter(({ status, kind }) => status === "fail" && kind === "wrong")
    .map(({ check }) => check);
}

/** What a choice of classes or boxes hides from parity, behaviour sees in the tensors before it. */
function judgedRightly(verdict: Verdict, found: string | null): boolean {
  if (found === null) return verdict.outcome !== "fail";
  const failed = failedChecks(verdict);
  return (
    failed.includes(found) ||
    (found === "parity" && failed.includes("behaviour"))
  );
}
