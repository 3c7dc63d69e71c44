import { describe, expect, it } from "vitest";
import type { Profile } from "../../../src/config/profile.ts";
import { judgeProfile } from "../../../src/validate/profile/judge-profile.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { device, modelOf, RELU, topK } from "./models.ts";

const judge = async (
  limits: Partial<Profile>,
  parts: Partial<ModelInput> = {},
  bytes = 100,
  opsetOption: string | null = null,
) =>
  judgeProfile(
    { graph: await modelOf(parts), bytes, opsetOption },
    device(limits),
    [device({ id: "small", operators: { has: { "ai.onnx": ["Add"] } } })],
  );
const node = (op: string, domain = "") => ({
  op,
  domain,
  inputs: ["x"],
  outputs: ["y"],
  name: "act",
});
const weights = (type: number) => ({ w: { dims: [1], values: [1], type } });

/** What is limited, a model within the limit, one beyond it, and what is said of that. */
const RULES: [
  string,
  Partial<Profile>,
  Partial<ModelInput>,
  Partial<ModelInput>,
  string,
][] = [
  [
    "opset",
    { opsets: { "ai.onnx": { newest: 13 } } },
    {},
    { opset: 14 },
    "opset 14 is newer than 13, the newest it loads: export with opset 13 or older",
  ],
  [
    "oldest opset",
    { opsets: { "ai.onnx": { oldest: 13, newest: 17 } } },
    {},
    { opset: 12 },
    "export with opset 13 to 17",
  ],
  [
    "opset of a domain",
    { opsets: { "ai.onnx": { newest: 17 }, "ai.onnx.ml": { newest: 3 } } },
    { opsets: { "ai.onnx.ml": 3 } },
    { opsets: { "ai.onnx.ml": 4 } },
    "opset 4 of ai.onnx.ml is newer than 3",
  ],
  [
    "IR version",
    { newest_ir: 8 },
    { ir: 8 },
    { ir: 9 },
    "IR version 9 is newer than 8",
  ],
  [
    "operators that it has",
    { operators: { has: { "ai.onnx": ["Relu"] } } },
    {},
    { nodes: [node("Det")] },
    'it lacks Det (1 node, "act")',
  ],
  [
    "operators that it lacks",
    { operators: { lacks: { "ai.onnx": { Det: 1 } } } },
    {},
    { nodes: [node("Det")] },
    'it lacks Det (1 node, "act")',
  ],
  [
    "operators that it lacks from an opset on",
    { operators: { lacks: { "ai.onnx": { RoiAlign: 16 } } } },
    { opset: 15, nodes: [node("RoiAlign")] },
    { opset: 16, nodes: [node("RoiAlign")] },
    'RoiAlign (1 node, "act") from opset 16 on: export with opset 15 or older',
  ],
  [
    "domains",
    {},
    {},
    { nodes: [node("Foo", "mmdeploy")], opsets: { mmdeploy: 1 } },
    'no operators of the domain "mmdeploy" (mmdeploy:Foo (1 node, "act"))',
  ],
  [
    "types of inputs",
    { dtypes: { refused: ["float16"] } },
    {},
    { inputs: [{ name: "x", dims: [1], type: 10 }] },
    'the input "x" is float16, which it does not load',
  ],
  [
    "types of outputs",
    { dtypes: { refused: ["float64"] } },
    {},
    { outputs: [{ name: "y", dims: [1], type: 11 }] },
    'the output "y" is float64',
  ],
  [
    "types of weights",
    { dtypes: { refused: ["float64"] } },
    { weights: weights(1) },
    { weights: weights(11) },
    'the weight "w" is float64',
  ],
  [
    "the largest K of TopK",
    { top_k: { largest: 3840 } },
    topK(3840),
    topK(3841),
    'in a TopK node ("keep") K is 3841, more than 3840',
  ],
  [
    "a constant K of TopK",
    { top_k: { constant: true } },
    topK(5),
    topK(null),
    'in a TopK node ("keep") K is computed, and must be a constant',
  ],
  [
    "open axes",
    { dynamic_axes: false },
    { inputs: [{ name: "x", dims: [1, 3] }] },
    {},
    "the input x has open axes",
  ],
  [
    "weights outside",
    { external_data: false },
    { weights: weights(1) },
    {
      weights: {
        w: { dims: [1], values: [], external: { location: "w.bin" } },
      },
    },
    "weights lie in files of their own",
  ],
  [
    "functions",
    { local_functions: false },
    {},
    {
      functions: [
        {
          domain: "own",
          name: "Act",
          inputs: ["a"],
          outputs: ["b"],
          nodes: [{ op: "Relu", inputs: ["a"], outputs: ["b"] }],
        },
      ],
    },
    "the graph defines functions (Act)",
  ],
];

describe("a device's table", () => {
  it.each(RULES)(
    "that limits %s lets a model within the limit pass",
    async (_, limits, within) => {
      expect(await judge(limits, within)).toMatchObject({
        problems: [],
        warnings: [],
      });
    },
  );

  it.each(RULES)(
    "that limits %s refuses a model beyond it and says what helps",
    async (_, limits, _within, beyond, says) => {
      const { problems } = await judge(limits, beyond);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(says);
    },
  );

  it("refuses a model that is larger than its budget, by a byte", async () => {
    const limits = { budgets: { file_bytes: 100 } };
    expect((await judge(limits, {}, 100)).problems).toEqual([]);
    expect((await judge(limits, {}, 101)).problems[0]).toContain(
      "the model has 101 bytes, its budget is 100",
    );
  });

  it("names the engine's own option for the opset where the engine is known", async () => {
    const limits: Partial<Profile> = {
      opsets: { "ai.onnx": { oldest: 12, newest: 15 } },
      operators: { lacks: { "ai.onnx": { RoiAlign: 16 } } },
    };
    const said = async (opset: number) =>
      (
        await judge(
          limits,
          { opset, nodes: [node("RoiAlign")] },
          100,
          "mmdeploy.opset",
        )
      ).problems;
    const [old] = await said(11);
    expect(old).toContain(
      "export with opset 12 to 15 (mmdeploy: { opset: 15 } in conversion.yaml)",
    );
    for (const problem of await said(16))
      expect(problem).toContain("(mmdeploy: { opset: 15 } in conversion.yaml)");
  });

  it("only warns of an opset that the runtime reads without a promise", async () => {
    const limits: Partial<Profile> = {
      opsets: { "ai.onnx": { newest: 12, beyond: "not-promised" } },
    };
    const { problems, warnings } = await judge(limits);
    expect(problems).toEqual([]);
    expect(warnings[0]).toContain(
      "opset 13 is newer than 12, the newest that was tried",
    );
  });

  it("only warns of a cast, and not of the int64 weights that every export has", async () => {
    const limits = { dtypes: { cast: { int64: "int32", float64: "float32" } } };
    const labels = [{ name: "labels", dims: [1], type: 7 }];
    expect((await judge(limits, { outputs: labels })).warnings).toEqual([
      'the output "labels" is int64, which Runtime makes int32',
    ]);
    expect((await judge(limits, { weights: weights(7) })).warnings).toEqual([]);
    expect(
      (await judge(limits, { weights: weights(11) })).warnings[0],
    ).toContain('the weight "w" is float64');
    expect((await judge(limits, { outputs: labels })).problems).toEqual([]);
  });

  it("counts what an accelerator leaves to the next one, without a warning", async () => {
    const judgement = await judge({
      providers: [{ name: "fast", like: "small", otherwise: "slow" }],
    });
    expect(judgement).toMatchObject({
      problems: [],
      warnings: [],
      falls_back: [
        { provider: "fast", otherwise: "slow", nodes: 1, operators: ["Relu"] },
      ],
    });
  });

  it("shows the restrictions of the operators that are there, and no others", async () => {
    const restrictions = { Relu: "2D only", Det: "never" };
    expect((await judge({ restrictions })).not_judged).toEqual([
      "Relu: 2D only",
    ]);
  });

  it("does not judge a K that is computed from fixed sizes alone: runtimes fold it", async () => {
    const fixed = { ...topK(null), inputs: [{ name: "x", dims: [1, 3] }] };
    expect(
      (await judge({ top_k: { constant: true } }, fixed)).problems,
    ).toEqual([]);
  });

  it("looks into subgraphs, and says where", async () => {
    const branch = {
      nodes: [node("Det")],
      inputs: [],
      outputs: [{ name: "y", dims: [1] }],
    };
    const nodes = [
      {
        op: "If",
        name: "choose",
        inputs: ["c"],
        outputs: ["y"],
        attributes: { then_branch: { graph: branch } },
      },
    ];
    const { problems } = await judge(
      { operators: { lacks: { "ai.onnx": { Det: 1 } } } },
      { nodes },
    );
    expect(problems[0]).toContain('Det (1 node, "act" in choose/then_branch)');
  });

  it("takes a call of the file's own function for what is in it", async () => {
    const functions = [
      {
        domain: "own",
        name: "Act",
        inputs: ["a"],
        outputs: ["b"],
        nodes: [node("Det")],
      },
    ];
    const parts = {
      functions,
      nodes: [node("Act", "own")],
      opsets: { own: 1 },
    };
    expect((await judge({}, parts)).problems).toEqual([]);
    const { problems } = await judge(
      { operators: { lacks: { "ai.onnx": { Det: 1 } } } },
      parts,
    );
    expect(problems[0]).toContain("Det");
  });

  it("names five operators and counts the others", async () => {
    const nodes = ["Det", "Erf", "Sin", "Cos", "Tan", "Exp", "Exp"].map((op) =>
      node(op),
    );
    const { problems } = await judge(
      { operators: { has: { "ai.onnx": [] } } },
      { ...RELU, nodes },
    );
    expect(problems[0]).toContain('Tan (1 node, "act"), 1 more');
  });
});
