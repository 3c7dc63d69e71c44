import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convertRows } from "../support/convert-rows.ts";
import { enginePython } from "../support/engine-python.ts";
import {
  expectSeenByLayers,
  judgedLayers,
  scaleLine,
} from "../support/layer-faults.ts";

/** As in torch-layers.test.ts. */
const isAll = process.env.ENGINE_MODELS === "all";
const EXPORTERS = isAll ? ["dynamo", "torchscript"] : ["torchscript"];
/** Too little for the outputs, and for the input of a layer behind. */
const FACTOR = 1 + 2 ** -21;

interface Fault {
  called: string;
  /** Which of the matrices that the graph stores. */
  tensor: string;
  axis: 0 | -1;
  says: RegExp;
}

interface Network {
  name: string;
  row: object;
  weights: number;
  faults: Fault[];
}

const TORCH: Fault[] = [
  ["a layer that is called twice", "4", -1, "twice.weight, in column 2 of "],
  [
    ...(["the projections of an attention", "5", -1] as const),
    "attention.in_proj_weight, in column 2 of ",
  ],
  ["a layer of the user's own", "1", -1, "turned.weight, in column 2 of "],
  ["a weight that is computed", "6", -1, "normed.weight, in column 2 of "],
  ["the last layer", "2", 0, "head.weight, in row 2 of head.weight"],
].map(([called, tensor, axis, says]) => ({
  ...{ called, tensor, axis },
  says: new RegExp(`1 of 7 weights in the graph .* first ${says}`),
})) as Fault[];
const TENSORFLOW = [
  ["an attention's queries", "14", "query_1"],
  ["an attention's output", "12", "attention_output_1"],
  ["the last layer", "21", "scores_1"],
].map(([called = "", tensor = "", says = ""]) => ({
  ...{ called, tensor, axis: -1 as const },
  says: new RegExp(
    `1 of 14 weights in the graph .* first \\S+/${says}, in column 2 of `,
  ),
}));

function network(
  engine: string,
  python: string,
  networks: readonly Network[],
): void {
  describe.skipIf(python === "")(`a weight of ${engine}`, () => {
    const folder = mkdtempSync(join(tmpdir(), `${engine}-weights-`));
    const out = (name: string) => join(folder, name, "out");
    const rows = networks.map(({ name, row }) => ({ name, ...row }));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    beforeAll(() => convertRows(engine, python, folder, rows), 600_000);

    test.each(networks)(
      "in a right $name is the source's",
      async ({ name, weights }) => {
        const { outcome, details } = await judgedLayers(out(name));

        expect(outcome).not.toBe("fail");
        expect(details.weights).toMatchObject({
          ...{ known: weights, compared: weights, failing: 0 },
        });
      },
    );

    test.each(
      networks.flatMap(({ name, faults }) =>
        faults.map((fault) => ({ name, ...fault })),
      ),
    )(
      "of $called in $name is wrong however little a line of it is off",
      ({ name, tensor, axis, says }) =>
        expectSeenByLayers(
          join(folder, `${name}-${tensor}`),
          (to) => {
            const change = { tensor, axis, at: 2, factor: FACTOR };
            scaleLine(python, [out(name), to], change);
          },
          says,
        ),
    );
  });
}

network(
  "torch",
  enginePython(isAll ? "torch" : "mmdeploy") ?? "",
  EXPORTERS.map((exporter) => ({
    name: `shared-${exporter}`,
    row: {
      ...{ module: "Shared", from: "shared" },
      options: {
        ...{ exporter, args: [{ shape: [2, 12, 16], dtype: "float32" }] },
        dynamic_axes: { x: { 0: "batch" } },
      },
    },
    ...{ weights: 7, faults: TORCH },
  })),
);
network("tensorflow", enginePython("tensorflow") ?? "", [
  {
    ...{ name: "encoder", row: { model: "encoder-kind" } },
    ...{ weights: 14, faults: TENSORFLOW },
  },
]);
