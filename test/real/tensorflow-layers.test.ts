import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginePython } from "../support/engine-python.ts";
import {
  changeRow,
  expectRight,
  expectSeenByCases,
  expectSeenByLayers,
  judgedLayers,
  type OtherConstant,
  scaleChannel,
  swapTexts,
} from "../support/layer-faults.ts";
import type { Row } from "./tensorflow-rows.ts";

const isAll = process.env.ENGINE_MODELS === "all";
const python = enginePython("tensorflow") ?? "";

/** A network of test/fixtures/tensorflow/kinds.py. */
interface Kind {
  model: string;
  form: NonNullable<Row["form"]>;
  /** Of the layer with the fault, among those with weights. The layer behind it is `next`. */
  place: number;
  layers: number;
}

const MLP: Kind = { model: "mlp", form: "keras", place: 0, layers: 2 };
const CNN: Kind = { model: "cnn", form: "saved-model", place: 3, layers: 7 };
const LSTM: Kind = { model: "lstm", form: "keras", place: 0, layers: 3 };
const MORE: Kind[] = [
  { ...CNN, form: "keras" },
  { ...CNN, form: "graph" },
  { ...LSTM, form: "saved-model" },
  { model: "gru", form: "keras", place: 0, layers: 4 },
  { model: "encoder", form: "keras", place: 5, layers: 10 },
  { model: "mobile-block", form: "keras", place: 1, layers: 4 },
  { model: "sequence", form: "keras", place: 0, layers: 5 },
];
const TRIED = [MLP, CNN, LSTM, ...(isAll ? MORE : [])].map((kind) => ({
  ...{ ...kind, name: `${kind.model}-${kind.form}` },
}));
const TABLES = (isAll ? ["keras", "saved-model", "graph"] : ["keras"]).map(
  (form) => ({ name: `words-${form}`, form: form as Kind["form"] }),
);
/** More texts than are drawn by chance. */
const TEXTS = "towns";
/** What drawn numbers rarely meet. */
const MARKS = "marks";
const OTHER_CONSTANTS: (OtherConstant & { what: string })[] = [
  {
    ...{ what: "the id of a padding", operator: "Equal", place: 0 },
    ...{ constant: 1, value: 2 },
  },
  {
    ...{ what: "frames that are masked", operator: "Equal", place: 1 },
    ...{ constant: 1, value: -7 },
  },
  {
    ...{ what: "a bound itself", operator: "GreaterOrEqual", place: 0 },
    ...{ constant: 1, value: 1e-30 },
  },
  {
    ...{ what: "the last position", operator: "Min", place: 0 },
    ...{ constant: 1, value: 40 },
  },
];
/** The channel that hardly matters. */
const CHANNEL = 5;

describe.skipIf(python === "")("a channel of a TensorFlow model", () => {
  const folder = mkdtempSync(join(tmpdir(), "tensorflow-layers-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const tables = TABLES.map((table) => ({ ...table, model: "words" }));
    const rows = [
      ...[...TRIED, ...tables].map(
        ({ name, model, form }): Row => ({
          ...{ name, model: `${model}-kind`, form },
        }),
      ),
      ...[TEXTS, MARKS].map((name): Row => ({ name, model: name })),
    ];
    const script = resolve("test/fixtures/tensorflow/convert_rows.py");
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
    ({ name, place, factor }) =>
      expectSeenByLayers(
        join(folder, `${factor}-${name}`),
        (to) => {
          const change = { place, channel: CHANNEL, factor };
          scaleChannel(python, [out(name), to], change);
        },
        /differs, first that of \S+\/next_1: /,
      ),
  );

  test.each(TABLES)("of a right $name is right", ({ name }) =>
    expectRight(out(name), 3),
  );

  test.each(TABLES)(
    "a number of $name in a row that no case reads is wrong",
    ({ name }) =>
      expectSeenByLayers(
        join(folder, `row-${name}`),
        (to) => changeRow(python, [out(name), to], { row: 4321, column: 7 }),
        /^the table that \S*embed\S* looks up differs from the source's: element \[4321,7\] is /,
      ),
  );

  test("texts of a table that is not the source's are wrong", async () => {
    const swapped = join(folder, `${TEXTS}-swapped`);
    swapTexts(python, [out(TEXTS), swapped]);

    expect((await judgedLayers(out(TEXTS))).outcome).not.toBe("fail");
    expect((await judgedLayers(swapped)).outcome).toBe("fail");
  });

  test("a right model with a mask is right", async () =>
    expect((await judgedLayers(out(MARKS))).outcome).not.toBe("fail"));

  test.each(OTHER_CONSTANTS)(
    "$what, if it is another one, is wrong",
    ({ what, ...change }) =>
      expectSeenByCases(
        python,
        [out(MARKS), join(folder, `${MARKS}-${what.replaceAll(" ", "-")}`)],
        change,
      ),
  );
});
