import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convertRows } from "../support/convert-rows.ts";
import { enginePython } from "../support/engine-python.ts";
import {
  changeFunction,
  expectSeenByLayers,
  judgedLayers,
} from "../support/layer-faults.ts";

/** As in torch-layers.test.ts. */
const isAll = process.env.ENGINE_MODELS === "all";
const EXPORTERS = isAll ? ["dynamo", "torchscript"] : ["torchscript"];

interface Fault {
  /** Which of the graph's operators of this name. */
  operator: string;
  place: number;
  /** An attribute, or the place of an input. */
  constant: string | number;
  value: number;
  says: RegExp;
}

const TORCH: Fault[] = [
  {
    ...{ operator: "Clip", place: 0, constant: 2, value: 5 },
    says: /first hardtanh of relu: for \S+ it is 5 in the ONNX model and 6 in the source$/,
  },
  {
    ...{ operator: "Clip", place: 1, constant: 2, value: 60 },
    says: /first hardtanh of relu: for \S+ it is 60 in the ONNX model and 6 in the source$/,
  },
  {
    ...{ operator: "Clip", place: 2, constant: 2, value: 51 },
    says: /first clamp: for \S+ it is 51 in the ONNX model and 50 in the source$/,
  },
  {
    ...{ operator: "Clip", place: 6, constant: 1, value: 1e-6 },
    says: /first clamp_min: for \S+ it is \S+ in the ONNX model and \S+ in the source$/,
  },
  {
    ...{ operator: "Elu", place: 0, constant: "alpha", value: 0.70001 },
    says: /first elu of elu: /,
  },
  {
    ...{ operator: "PRelu", place: 0, constant: 1, value: 0.25001 },
    says: /first prelu of slopes: /,
  },
];
const NORMS: Fault[] = [
  ["InstanceNormalization", /first instance_norm of norm: /] as const,
  ["LayerNormalization", /first layer_norm of rows: /] as const,
].map(([operator, says]) => ({
  ...{ operator, place: 0, constant: "epsilon", value: 1e-6, says },
}));
/** Bounds of a cosine similarity, which the exporter torchscript writes as another operator. */
const BY_DYNAMO: Fault[] = [7, 8].map((place) => ({
  ...{ operator: "Clip", place, constant: 1, value: 1e-3 },
  says: /first clamp_min: for \S+ it is \S+ in the ONNX model and \S+ in the source$/,
}));
const TENSORFLOW: Fault[] = [
  {
    ...{ operator: "Clip", place: 0, constant: 2, value: 5 },
    says: /first Relu6 of \S+: for \S+ it is 5 in the ONNX model and 6 in the source$/,
  },
  {
    ...{ operator: "Min", place: 0, constant: 1, value: 20.01 },
    says: /first Minimum of \S+: for \S+ it is 20\.01 in the ONNX model and 20 in the source$/,
  },
  {
    ...{ operator: "Max", place: 2, constant: 1, value: -49 },
    says: /first Maximum of \S+: for \S+ it is -49 in the ONNX model and -50 in the source$/,
  },
  {
    ...{ operator: "LeakyRelu", place: 0, constant: "alpha", value: 0.01001 },
    says: /first LeakyRelu of \S+: /,
  },
];

interface Network {
  name: string;
  row: Record<string, unknown>;
  functions: number;
  faults: Fault[];
}

function network(
  engine: string,
  python: string,
  networks: readonly Network[],
): void {
  describe.skipIf(python === "")(`a function of ${engine}`, () => {
    const folder = mkdtempSync(join(tmpdir(), `${engine}-functions-`));
    const out = (name: string) => join(folder, name, "out");
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const rows = networks.map(({ name, row }) => ({ name, ...row }));
    beforeAll(() => convertRows(engine, python, folder, rows), 600_000);

    test.each(networks)(
      "in a right $name is the source's",
      async ({ name, functions }) => {
        const { outcome, details } = await judgedLayers(out(name));

        expect(outcome).not.toBe("fail");
        expect(details.functions).toMatchObject({
          ...{ known: functions, compared: functions, failing: 0 },
        });
      },
    );

    test.each(
      networks.flatMap(({ name, faults }) =>
        faults.map((fault) => ({ name, ...fault })),
      ),
    )(
      "of $name, $operator $place with $value for $constant, is wrong where no case comes",
      ({ name, says, ...change }) => {
        const { operator, place, constant } = change;
        return expectSeenByLayers(
          join(folder, `${name}-${operator}-${place}-${constant}`),
          (to) => changeFunction(python, [out(name), to], change),
          says,
        );
      },
    );
  });
}

network(
  "torch",
  enginePython(isAll ? "torch" : "mmdeploy") ?? "",
  EXPORTERS.map((exporter) => ({
    name: `bounds-${exporter}`,
    row: {
      ...{ module: "Bounds", from: "bounds" },
      options: {
        ...{ exporter, args: [{ shape: [2, 3, 16, 16], dtype: "float32" }] },
        dynamic_axes: { x: { 0: "batch" } },
      },
    },
    ...(exporter === "dynamo"
      ? { functions: 17, faults: [...TORCH, ...NORMS, ...BY_DYNAMO] }
      : { functions: 15, faults: [...TORCH, ...NORMS] }),
  })),
);
network("tensorflow", enginePython("tensorflow") ?? "", [
  {
    ...{ name: "bounds", row: { model: "bounds-kind" } },
    ...{ functions: 12, faults: TENSORFLOW },
  },
]);
