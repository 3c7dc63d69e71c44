import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { checkAgainst } from "../../src/document/schema.ts";
import {
  compute,
  folderOf,
  network,
  networkFolder,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";
import { renamed } from "./mutations/edits.ts";

const net = network();
const MODEL = onnxModel(networkModel(net));
const REFERENCES = networkReferences(net);
const CONTRACT = {
  version: 1,
  model: "a.onnx",
  input: { name: "x", dtype: "f32", shape: ["batch", 6] },
  outputs: [{ name: "y", dtype: "f32", shape: ["batch", 5] }],
};

/** The verdict as it is written: without the plain line that tests read. */
function documentOf({
  sentence: _,
  ...verdict
}: Awaited<ReturnType<typeof validate>>): unknown {
  return JSON.parse(JSON.stringify(verdict));
}

describe("validateFolder: what is not a folder of a model", () => {
  test.each<[string, Record<string, string>, string]>([
    ["no model", { "README.md": "" }, "contains no .onnx file"],
    [
      "several models, and nothing that names one",
      { "a.onnx": "", "b.onnx": "" },
      "contains several .onnx files: a.onnx, b.onnx",
    ],
  ])("%s is an error of the user", async (_, files, message) => {
    await expect(validate(await folderOf(files))).rejects.toThrow(message);
    await expect(validate(await folderOf(files))).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  test("what fetch wrote: the hint names the folder below it", async () => {
    const fetched = await folderOf({ "edge/net/a.onnx": MODEL });
    await expect(validate(fetched)).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining(join(fetched, "edge/net")),
    });
  });

  test("a folder that is not there is an error of the user", async () => {
    await expect(validate("/nowhere")).rejects.toMatchObject({ exitCode: 2 });
  });

  test("of several models, the contract's or the manifest's is taken", async () => {
    const both = {
      "a.onnx": MODEL,
      "b.onnx": "nothing",
      "references.safetensors": REFERENCES,
    };
    const manifest = {
      files: [{ path: "edge/net/a.onnx" }, { path: "edge/net/deploy.json" }],
    };
    expect(
      await validate(
        await folderOf({ ...both, "manifest.json": JSON.stringify(manifest) }),
      ),
    ).toMatchObject({
      outcome: "pass",
    });
    expect(
      await validate(
        await folderOf({ ...both, "contract.json": JSON.stringify(CONTRACT) }),
      ),
    ).toMatchObject({
      outcome: "pass",
    });
  });
});

describe("validateFolder: evidence", () => {
  test("a right model is green, and its verdict fits the schema", async () => {
    const verdict = await validate(
      await folderOf({
        "end2end.onnx": MODEL,
        "references.safetensors": REFERENCES,
      }),
    );
    expect(verdict.sentence).toMatch(
      /^net may ship\. On ONNX Runtime \(CPU\) it matches its source model; differences above \S+ in y would have been detected/,
    );
    expect(
      verdict.checks.map(({ check, status }) => `${check} ${status}`),
    ).toEqual([
      "file pass",
      "structure pass",
      "profile skip",
      "contract skip",
      "load pass",
      "metamorphic pass",
      "shapes pass",
      "extremes pass",
      "parity pass",
      "behaviour skip",
      "performance skip",
    ]);
    expect(await checkAgainst("verdict", documentOf(verdict))).toEqual([]);
  });

  test("no references are unproven, and the sentence says how to get evidence", async () => {
    const verdict = await validate(await folderOf({ "end2end.onnx": MODEL }));
    expect(verdict.outcome).toBe("fail");
    expect(verdict.sentence).toContain(
      "had too little evidence. There are no references to compare with; convert the model with an engine",
    );
  });

  test("references may lie in a folder of their own, or beside edge/", async () => {
    const folder = await folderOf({
      "edge/net/end2end.onnx": MODEL,
      "evidence/net/references.safetensors": REFERENCES,
      "other/references.safetensors": networkReferences(network(5)),
    });
    expect((await validate(join(folder, "edge/net"))).outcome).toBe("pass");
    expect(
      (await validate(join(folder, "edge/net"), {}, join(folder, "other")))
        .outcome,
    ).toBe("fail");
  });

  test("references without fp64 are unproven, unless a tolerance is stated", async () => {
    const files = {
      "end2end.onnx": MODEL,
      "references.safetensors": networkReferences(net, { fp64: false }),
    };
    const strict = await validate(await folderOf(files));
    expect(checkOf(strict, "parity")).toMatchObject({ kind: "unproven" });
    const tolerance = { ...STRICT.tolerance, absolute: 1e-4 };
    expect(await validate(await folderOf(files), { tolerance })).toMatchObject({
      outcome: "pass",
    });
  });

  test("too few rows are unproven", async () => {
    const files = {
      "end2end.onnx": MODEL,
      "references.safetensors": networkReferences(net, { rows: [3, 2, 1] }),
    };
    expect((await validate(await folderOf(files))).sentence).toContain(
      "only 6 values per channel, 8 are needed",
    );
  });

  test("a check that is switched off is skipped, and the sentence says that nothing was compared", async () => {
    const verdict = await validate(await folderOf({ "end2end.onnx": MODEL }), {
      off: ["parity"],
    });
    expect(verdict.outcome).toBe("pass");
    expect(verdict.sentence).toContain(
      "was not compared with its source model",
    );
    expect(checkOf(verdict, "parity")).toMatchObject({
      status: "skip",
      message: "switched off by the policy in conversion.yaml",
    });
  });

  test("a renamed output is named with what it is likely to be", async () => {
    const verdict = await validate(await networkFolder(renamed("y", "logits")));
    expect(checkOf(verdict, "parity").message).toContain(
      "the source has y, but the model does not; it has logits (by their values logits is likely y)",
    );
  });

  test("swapped outputs are named as likely", async () => {
    const verdict = await validate(await twoOutputs("z", "y"));
    expect(checkOf(verdict, "parity").message).toMatch(
      /^the outputs seem to be swapped: by their values y is likely z, z is likely y/,
    );
    expect((await validate(await twoOutputs("y", "z"))).outcome).toBe("pass");
  });
});

/** The network's output and its negative, under these names; the references call them y and z. */
function twoOutputs(first: string, second: string): Promise<string> {
  const model = networkModel(net);
  const nodes = model.nodes.map((node) => ({
    ...node,
    outputs: node.outputs.map((name) => (name === "y" ? first : name)),
  }));
  const negated = { op: "Neg", inputs: [first], outputs: [second] };
  const outputs = ["y", "z"].map((name) => ({ name, dims: ["batch", 5] }));
  const rng = random(4);
  const tensors: Parameters<typeof safetensors>[0] = {};
  for (const [index, rows] of [4, 3, 1].entries()) {
    const x = Array.from({ length: rows * 6 }, () => Math.fround(rng.normal()));
    tensors[`c${index}/in/x`] = { dtype: "F32", shape: [rows, 6], values: x };
    for (const [part, dtype, rounded] of [
      ["fp32", "F32", Math.fround],
      ["fp64", "F64", Number],
    ] as const) {
      const y = compute(net, x, rounded);
      tensors[`c${index}/${part}/y`] = { dtype, shape: [rows, 5], values: y };
      tensors[`c${index}/${part}/z`] = {
        dtype,
        shape: [rows, 5],
        values: y.map((value) => -value),
      };
    }
  }
  const bytes = onnxModel({ ...model, nodes: [...nodes, negated], outputs });
  return folderOf({
    "end2end.onnx": bytes,
    "references.safetensors": safetensors(tensors),
  });
}
