import { expect, test } from "vitest";
import type { CheckName } from "../../../src/validate/checks/registry.ts";
import { maySideBySide } from "../../../src/validate/worker/may-side-by-side.ts";
import { runWorker } from "../../../src/validate/worker/start-worker.ts";
import { temporaryFolder } from "../../child/children.ts";
import {
  crashesFar,
  crashFolder,
  divides,
  fills,
  loops,
  oneValue,
  recurrent,
  smallest,
  steps,
  threeLengths,
} from "../../support/crashing-models.ts";
import { levelFolder } from "../../support/detector-levels.ts";
import { networkFolder } from "../../support/model-folder.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { safetensors } from "../../support/references-writer.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";
import { workerContext } from "../../support/validate.ts";

const ALL: CheckName[] = [
  ...(["load", "metamorphic", "shapes", "extremes"] as const),
  ...(["parity", "behaviour"] as const),
];

const STRING = 8;
const echoes: ModelInput = {
  nodes: [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
  inputs: [{ name: "x", dims: [2], type: STRING }],
  outputs: [{ name: "y", dims: [2], type: STRING }],
};
const words = {
  dtype: "U8" as const,
  shape: [2, 4],
  values: [..."Oslobern"].map((letter) => letter.charCodeAt(0)),
};
const texts = safetensors(
  { "one/in/x": words, "one/fp32/y": words },
  { "text/one/in/x": "utf8", "text/one/fp32/y": "utf8" },
);

const adds: ModelInput = {
  nodes: [{ op: "Add", inputs: ["x", "shift"], outputs: ["y"] }],
  inputs: ["x", "shift"].map((name) => ({ name, dims: ["batch", 1] })),
  outputs: [{ name: "y", dims: ["batch", 1] }],
};
/** What one input does is tried beyond the references, as it is the same in all of them. */
const sameShift = safetensors(
  Object.fromEntries(
    [4, 3, 2].flatMap((rows) => {
      const shape = [rows, 1];
      const values = Array.from({ length: rows }, (_, at) => at / 8 - rows);
      const sums = values.map((value) => value + 0.5);

      return [
        [`of-${rows}/in/x`, { dtype: "F32" as const, shape, values }],
        [
          `of-${rows}/in/shift`,
          { dtype: "F32" as const, shape, values: values.map(() => 0.5) },
        ],
        [`of-${rows}/fp32/y`, { dtype: "F32" as const, shape, values: sums }],
        [`of-${rows}/fp64/y`, { dtype: "F64" as const, shape, values: sums }],
      ];
    }),
  ),
);

/** What one process finds that runs the checks side by side, and how it ended. */
async function seenBeside(folder: string, checks = ALL) {
  const { subject, limits } = sessionRequestOf(folder, checks);
  const asked = { subject, checks, limits, lostProbes: [], sideBySide: true };

  return runWorker(
    await workerContext(),
    { ...asked, scratch: temporaryFolder() },
    60_000,
  );
}

const namesOf = (results: readonly { check: CheckName }[]) =>
  results.map(({ check }) => check).sort();

test.for<[string, () => Promise<string>]>([
  ["a right network", () => networkFolder()],
  [
    "a network with another activation",
    () =>
      networkFolder((model) => ({
        ...model,
        nodes: model.nodes.map((node) =>
          node.op === "Relu" ? { ...node, op: "Abs" } : node,
        ),
      })),
  ],
  [
    "a network with a baked batch",
    () =>
      networkFolder((model) => ({
        ...model,
        inputs: [{ name: "x", dims: [4, 6] }],
      })),
  ],
  ["a detector with tensors inside", () => levelFolder()],
  ["a graph that gives texts back", () => crashFolder(echoes, texts)],
])("%s: the same is found as one after the other", async ([, folder]) => {
  const path = await folder();
  const request = sessionRequestOf(path, ALL);
  const inTurn = await runChecksOf(request);
  const beside = await runChecksOf({ ...request, sideBySide: true });
  const byName = (results: typeof inTurn) =>
    results.toSorted((a, b) => a.check.localeCompare(b.check));

  expect(byName(beside)).toEqual(byName(inTurn));
  expect(namesOf((await seenBeside(path)).found)).toEqual(ALL.toSorted());
});

test.for<[string, Parameters<typeof crashFolder>]>([
  ["crashes in a case", [divides, smallest]],
  ["crashes far beyond the references", [crashesFar, threeLengths]],
  ["crashes over an empty batch", [recurrent, steps]],
  ["is run beyond the references by a comparison", [adds, sameShift]],
])("a model that %s is judged as one after the other", async ([, words]) => {
  const path = await crashFolder(...words);
  const request = sessionRequestOf(path, ALL);

  expect((await seenBeside(path)).found).toEqual([]);
  expect(await runChecksOf({ ...request, sideBySide: true })).toEqual(
    await runChecksOf(request),
  );
});

test.for<[string, Parameters<typeof crashFolder>, object, string]>([
  ["hangs", [loops, oneValue], { loadSeconds: 1, runSeconds: 1 }, "time"],
  ["eats memory", [fills, oneValue], { bytes: 2 ** 30 }, "memory"],
])(
  "a model that %s is ended, and said so",
  async ([, words, limits, stopped]) => {
    const path = await crashFolder(...words);
    const checks: CheckName[] = ["load", "parity", "behaviour"];
    const request = { ...sessionRequestOf(path, checks, limits) };
    const results = await runChecksOf({ ...request, sideBySide: true });

    expect(results).toContainEqual(
      expect.objectContaining({
        check: "parity",
        status: "fail",
        details: expect.objectContaining({ stopped }),
      }),
    );
  },
);

test("references that cannot be used are said once, as one after the other", async () => {
  const path = await crashFolder(divides, Buffer.from("not a header"));
  const request = sessionRequestOf(path, ALL);

  expect((await seenBeside(path)).found).toEqual([]);
  expect(await runChecksOf({ ...request, sideBySide: true })).toEqual(
    await runChecksOf(request),
  );
});

test("only a model that fits twice, with much to compare, where two cores are free", () => {
  const facts = {
    checks: ALL,
    model: 1e6,
    references: 1e6,
    hasWindows: false,
    hasTexts: false,
    outputRanks: [2, 3],
    cores: 2,
  };

  expect(maySideBySide(facts)).toBe(true);
  expect(maySideBySide({ ...facts, checks: ["parity"] })).toBe(false);
  expect(maySideBySide({ ...facts, model: 1e9 })).toBe(false);
  expect(maySideBySide({ ...facts, references: 0 })).toBe(false);
  expect(maySideBySide({ ...facts, references: 1e9 })).toBe(false);
  expect(maySideBySide({ ...facts, hasWindows: true })).toBe(false);
  expect(maySideBySide({ ...facts, outputRanks: [2] })).toBe(false);
  expect(maySideBySide({ ...facts, outputRanks: [null] })).toBe(true);
  expect(maySideBySide({ ...facts, hasTexts: true })).toBe(false);
  expect(maySideBySide({ ...facts, cores: 1 })).toBe(false);
});
