import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Policy, STRICT } from "../../../src/config/policy.ts";
import { checkAgainst } from "../../../src/document/schema.ts";
import { plainExplanation } from "../../../src/text/explanation.ts";
import { validateFolder } from "../../../src/validate/validate-folder.ts";
import { folderOf, networkFolder } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import { checkOf, workerContext } from "../../support/validate.ts";

async function validation(
  folder: string,
  policy: Partial<Policy> = {},
  published: string | null | undefined = undefined,
) {
  const request = {
    name: "net",
    folder,
    evidence: null,
    policy: { ...STRICT, ...policy },
    reproduce: "validate net",
    performance:
      published === undefined ? null : { published: async () => published },
  };
  const { verdict, performance } = await validateFolder(
    await workerContext(),
    request,
  );
  return {
    verdict,
    performance,
    check: checkOf(verdict, "performance"),
  };
}

const budget = (limits: Partial<Policy["performance"]>) => ({
  performance: { ...STRICT.performance, ...limits },
});

describe("the check performance", () => {
  test("measures what was asked for, and the verdict knows no number of it", async () => {
    const folder = await networkFolder();
    const { verdict, performance, check } = await validation(folder, {}, null);
    expect(await checkAgainst("performance", performance)).toEqual([]);
    expect(performance).toMatchObject({
      name: "net",
      input: { shapes: { x: [1, 6] } },
      published: null,
    });
    expect(performance?.load_ms).toBeGreaterThan(0);
    expect(performance?.memory.peak_bytes).toBeGreaterThan(
      performance?.memory.model_bytes ?? 0,
    );
    expect(check).toMatchObject({ status: "pass", details: {} });
    expect((await validation(folder, {}, null)).verdict).toEqual(verdict);
    expect(await checkAgainst("verdict", verdict)).toEqual([]);
  });

  test("does not measure what nobody asks for", async () => {
    const { performance, check } = await validation(await networkFolder());
    expect(performance).toBeNull();
    expect(check).toMatchObject({
      status: "skip",
      message: "not measured: use --performance",
    });
  });

  test("a stated budget is measured, and fails where it is exceeded", async () => {
    const folder = await networkFolder();
    const { verdict } = await validation(folder, budget({ size_mb: 0.0001 }));
    expect(verdict.outcome).toBe("fail");
    expect(plainExplanation(verdict)).toContain("Over budget: file");
    expect(
      (await validation(folder, budget({ load_ms: 60_000, size_mb: 1 })))
        .verdict.outcome,
    ).toBe("pass");
  });

  test("is switched off by policy, and not run for a model that fails", async () => {
    expect(
      (await validation(await networkFolder(), { off: ["performance"] }, null))
        .check,
    ).toMatchObject({
      message: "switched off by the policy in conversion.yaml",
    });
    const wrong = await networkFolder((model) => ({
      ...model,
      nodes: model.nodes.map((node) =>
        node.op === "Relu" ? { ...node, op: "Sigmoid" } : node,
      ),
    }));
    expect((await validation(wrong, {}, null)).performance).toBeNull();
  });

  test("measures beside the published model", async () => {
    const folder = await networkFolder();
    const { performance } = await validation(
      folder,
      {},
      join(await networkFolder(), "end2end.onnx"),
    );
    expect(performance?.published).toMatchObject({
      size_bytes: performance?.size_bytes,
      problem: null,
    });
    expect(performance?.windows.means_ms.length).toBeGreaterThanOrEqual(5);
  });

  test.each([
    ["takes other inputs", "it does not run on the same inputs"],
    ["is not a model at all", "it does not run on the same inputs"],
  ])(
    "says why there is no comparison where the published model %s",
    async (what, problem) => {
      const other = onnxModel({
        nodes: [{ op: "Relu", inputs: ["other"], outputs: ["y"] }],
        inputs: [{ name: "other", dims: [3] }],
        outputs: [{ name: "y", dims: [3] }],
      });
      const old = await folderOf({
        "old.onnx": what.startsWith("takes") ? other : "no model",
      });
      const { verdict, performance } = await validation(
        await networkFolder(),
        {},
        join(old, "old.onnx"),
      );
      expect(performance?.published?.problem).toContain(problem);
      expect(verdict.outcome).toBe("pass");
    },
  );

  test("a published model that ends the process is no fault of the new one", async () => {
    // The smallest number divided by -1: the processor itself refuses.
    const constants = {
      least: { dims: [1], values: [-(2 ** 31)], type: 6 },
      minus: { dims: [1], values: [-1], type: 6 },
    };
    const crashes = onnxModel({
      nodes: [{ op: "Div", inputs: ["least", "minus"], outputs: ["y"] }],
      inputs: [{ name: "x", dims: ["batch", 6] }],
      outputs: [{ name: "y", dims: [1], type: 6 }],
      weights: constants,
    });
    const old = await folderOf({ "old.onnx": crashes });
    const { verdict, performance } = await validation(
      await networkFolder(),
      {},
      join(old, "old.onnx"),
    );
    expect(verdict.outcome).toBe("pass");
    const problem = "it ended the process that measures";
    expect(performance).toMatchObject({ published: { problem } });
    expect(performance?.sentence).toContain(problem);

    const limited = await validation(
      await networkFolder(),
      budget({ slower_than_published: 1.2 }),
      join(old, "old.onnx"),
    );
    expect(limited.check).toMatchObject({ status: "warn" });
  });
});
