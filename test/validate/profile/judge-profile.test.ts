import { describe, expect, it } from "vitest";
import type { Profile } from "../../../src/config/profile.ts";
import { judgeProfile } from "../../../src/validate/profile/judge-profile.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { device, modelOf, RELU, topK } from "./models.ts";
import { node, RULES, weights } from "./rules.ts";

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
      "opset 13 is newer than 12, the newest that was tested",
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
