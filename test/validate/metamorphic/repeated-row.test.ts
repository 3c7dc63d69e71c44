import { describe, expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../../support/model-folder.ts";
import {
  type ModelInput,
  type NodeInput,
  onnxModel,
} from "../../support/onnx-writer.ts";
import { checkOf } from "../../support/validate.ts";
import { validateHere } from "../../support/validate-here.ts";
import { ints } from "../mutations/edits.ts";

const REPEATED = "row 1 of case random-0, 3 times";
/** So large that nothing is run that is only good to have. */
const LARGE = 1e15;

/** Verdict of the network, changed, and what each run of it was for. */
async function judged(
  change: (model: ModelInput) => ModelInput = (model) => model,
  { rows = [2, 1], bytes = LARGE } = {},
) {
  const net = network();
  const folder = await folderOf({
    "end2end.onnx": onnxModel(change(networkModel(net))),
    "references.safetensors": networkReferences(net, { rows }),
  });
  const runs: string[] = [];
  const verdict = await validateHere(folder, STRICT, { bytes, runs });
  const [metamorphic, shapes] = [
    checkOf(verdict, "metamorphic"),
    checkOf(verdict, "shapes"),
  ];

  return { runs, metamorphic, shapes };
}

/** The network's own output as `own`, and these nodes behind it. */
const behind =
  (...nodes: NodeInput[]) =>
  (model: ModelInput): ModelInput => ({
    ...model,
    opset: 17,
    nodes: [
      ...model.nodes.map((node) => ({
        ...node,
        outputs: node.outputs.map((name) => (name === "y" ? "own" : name)),
      })),
      ...nodes,
    ],
  });

/** Adds to each row what `op` makes of the batch. */
const statistic = (op: string) =>
  behind(
    { op, inputs: ["own"], outputs: ["all"], attributes: { axes: [0] } },
    { op: "Sub", inputs: ["own", "all"], outputs: ["apart"] },
    { op: "Add", inputs: ["own", "apart"], outputs: ["y"] },
  );

describe("a row as often as no reference has it, where the model is large", () => {
  test("is run once for two checks, which both pass", async () => {
    const { runs, metamorphic, shapes } = await judged();

    expect(runs.filter((run) => run === REPEATED)).toHaveLength(1);
    expect(runs.filter((run) => /^row . of case [^,]*$/.test(run))).toEqual([]);
    expect(runs).not.toContain("batch = 3");
    expect(metamorphic.message).toContain(
      "a row in a batch of 2 gives the same as in a batch of 3",
    );
    expect(metamorphic.status).toBe("pass");
    expect(shapes).toMatchObject({ status: "pass" });
    expect(shapes.message).toContain("batch = 3");
  });

  test("a small model is tried row by row as well, and at larger batches", async () => {
    const { runs } = await judged(undefined, {
      ...{ rows: [4, 3, 1], bytes: 1 },
    });

    expect(runs).not.toContain(REPEATED);
    expect(runs).toContain("row 2 of case random-1");
    expect(runs).toContain("row 0 of case random-1");
    for (const batch of [5, 9]) expect(runs).toContain(`batch = ${batch}`);
  });

  test("rows run alone where no case of one row tells what the source gives", async () => {
    const { runs, metamorphic } = await judged(undefined, { rows: [3, 2] });

    expect(runs).toContain("row 1 of case random-1");
    expect(metamorphic.status).toBe("pass");
  });

  test.each(["ReduceMean", "ReduceMax", "ReduceMin"])(
    "a %s over the batch is wrong",
    async (op) => {
      const { runs, metamorphic } = await judged(statistic(op));

      expect(runs).toContain(REPEATED);
      expect(metamorphic).toMatchObject({ status: "fail", kind: "wrong" });
      expect(metamorphic.message).toContain(
        "row 1 of case random-0 gives a different result in a batch of 3 of its own than in a batch of 2",
      );
    },
  );

  test("a batch that is cut at the references' largest is wrong", async () => {
    const { runs, metamorphic, shapes } = await judged((model) => ({
      ...behind({
        op: "Slice",
        inputs: ["own", "from", "to", "axis"],
        outputs: ["y"],
      })(model),
      weights: {
        ...model.weights,
        from: ints(0),
        to: ints(2),
        axis: ints(0),
      },
    }));

    expect(runs).toContain(REPEATED);
    expect(metamorphic.status).toBe("pass");
    expect(shapes).toMatchObject({ status: "fail", kind: "wrong" });
  });
});
