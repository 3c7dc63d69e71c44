import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import {
  changeRow,
  expectRight,
  expectSeenByCases,
  expectSeenByLayers,
  type OtherConstant,
  scaleChannel,
} from "../support/layer-faults.ts";
import type { Row } from "./torch-rows.ts";

/** As in torch-models.test.ts: the older torch takes a transformer's fast path even where hooks look into it. */
const isAll = process.env.ENGINE_MODELS === "all";
const python = enginePython(isAll ? "torch" : "mmdeploy") ?? "";

interface Kind {
  module: string;
  shape: number[];
  /** Of the layer with the fault among those with weights, and the layer behind it. */
  place: number;
  next: string;
  layers: number;
}

const CNN = { module: "Cnn", shape: [2, 3, 32, 32], place: 3, layers: 7 };
const KINDS: Kind[] = [
  { ...CNN, next: "blocks.1.branch.3" },
  ...(isAll
    ? [
        {
          ...{ module: "Encoder", shape: [2, 12, 16], place: 3, layers: 9 },
          next: "encoder.layers.0.linear2",
        },
      ]
    : []),
  { module: "Mlp", shape: [4, 16], place: 0, next: "net.2", layers: 2 },
  { module: "Lstm", shape: [2, 10, 8], place: 0, next: "lstm", layers: 2 },
];
const EXPORTERS = isAll ? ["dynamo", "torchscript"] : ["torchscript"];
const TABLES = EXPORTERS.map((exporter) => ({
  ...{ name: `Words-${exporter}`, exporter },
}));
const TRIED = EXPORTERS.flatMap((exporter) =>
  KINDS.map((kind) => ({
    ...{ ...kind, exporter },
    name: `${kind.module}-${exporter}`,
  })),
);
/** What drawn numbers rarely meet: the name of the module, and of the constant that has another value. */
const MARKS = EXPORTERS.map((exporter) => ({
  name: `Marks-${exporter}`,
  exporter,
}));
const OTHER_CONSTANTS: (OtherConstant & { what: string })[] = [
  {
    ...{ what: "the id of a padding", operator: "Equal", place: 0 },
    ...{ constant: 1, value: 4 },
  },
  {
    ...{ what: "frames of zeros are none", operator: "Greater", place: 0 },
    ...{ constant: 1, value: -1 },
  },
  {
    ...{ what: "a bound itself", operator: "GreaterOrEqual", place: 0 },
    ...{ constant: 1, value: 0.500_000_1 },
  },
  {
    ...{ what: "the last position", operator: "Clip", place: 0 },
    ...{ constant: 2, value: 40 },
  },
];
/** The channel of test/fixtures/torch/kinds.py that hardly matters. */
const CHANNEL = 5;

describe.skipIf(python === "")("a channel of a torch module", () => {
  const folder = mkdtempSync(join(tmpdir(), "torch-layers-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const words = { module: "Words", shape: [2, 9], dtype: "int64" };
    const rows = [
      ...TRIED.map((kind) => ({ ...kind, dtype: "float32" })),
      ...TABLES.map((table) => ({ ...words, ...table })),
    ].map(
      ({ name, module, shape, dtype, exporter }): Row => ({
        ...{ name, module, from: "kinds" },
        options: {
          ...{ exporter, args: [{ shape, dtype }] },
          dynamic_axes: { x: { 0: "batch" } },
        },
      }),
    );
    rows.push(...MARKS.map(marksRow));
    const script = resolve("test/fixtures/torch/convert_rows.py");
    const args = ["-W", "ignore", script, resolve("."), folder];
    execFileSync(python, [...args, JSON.stringify(rows)], {
      env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONHASHSEED: "0" },
      stdio: "pipe",
    });
  }, 600_000);

  const out = (name: string) => join(folder, name, "out");

  test.each(TRIED)("of a right $name is right", ({ name, layers }) =>
    expectRight(out(name), layers),
  );

  test.each(
    TRIED.flatMap((kind) =>
      [1.003, 1.01].map((factor) => ({ ...kind, factor })),
    ),
  )(
    "of $name that is $factor times too large shows in the next layer alone",
    ({ name, place, factor, next }) =>
      expectSeenByLayers(
        join(folder, `${factor}-${name}`),
        (to) => {
          const change = { place, channel: CHANNEL, factor };
          scaleChannel(python, [out(name), to], change);
        },
        new RegExp(
          `differs, first that of ${next.replaceAll(".", String.raw`\.`)}: `,
        ),
      ),
  );

  test.each(TABLES)("of a right $name is right", ({ name }) =>
    expectRight(out(name), 2),
  );

  test.each(TABLES)(
    "a number of $name in a row that no case reads is wrong",
    ({ name }) =>
      expectSeenByLayers(
        join(folder, `row-${name}`),
        (to) => changeRow(python, [out(name), to], { row: 4321, column: 7 }),
        /^the table that embed looks up differs from the source's: element \[4321,7\] is /,
      ),
  );

  test.each(MARKS)("of a right $name is right", ({ name }) =>
    expectRight(out(name), 3),
  );

  test.each(
    MARKS.flatMap((model) =>
      OTHER_CONSTANTS.map(({ what, ...change }) => ({
        ...model,
        what,
        change,
      })),
    ),
  )("$what, which $name has otherwise, is wrong", ({ name, what, change }) =>
    expectSeenByCases(
      python,
      [out(name), join(folder, `${name}-${what.replaceAll(" ", "-")}`)],
      change,
    ),
  );
});

function marksRow({ name, exporter }: (typeof MARKS)[number]): Row {
  const args = [{ shape: [2, 12], dtype: "int64" }, { shape: [2, 5, 6] }];
  return {
    ...{ name, module: "marks" },
    options: {
      ...{ exporter, args },
      dynamic_axes: {
        ids: { 0: "batch", 1: "length" },
        frames: { 0: "batch" },
      },
    },
  };
}
