import { describe, expect, test } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import {
  compute,
  folderOf,
  network,
  networkModel,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { random } from "../support/random.ts";
import { safetensors, type TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";
import { reweigh } from "./mutations/edits.ts";

const net = network();

/** The network's references without float64: float32, and as many variants of it, each rounded a little otherwise. */
function references(variants: number): Buffer {
  const rng = random(5);
  const tensors: Record<string, TensorValue> = {};
  for (const [index, batch] of [4, 3, 1].entries()) {
    const name = `random-${index}`;
    const x = Array.from({ length: batch * 6 }, () =>
      Math.fround(rng.normal()),
    );
    const jitter = (value: number) =>
      Math.fround(value * (1 + 2 ** -24 * (2 * rng.uniform() - 1)));
    const part = (values: number[]): TensorValue => ({
      dtype: "F32",
      shape: [batch, 5],
      values,
    });
    tensors[`${name}/in/x`] = { dtype: "F32", shape: [batch, 6], values: x };
    tensors[`${name}/fp32/y`] = part(compute(net, x, Math.fround));
    for (let variant = 1; variant <= variants; variant++)
      tensors[`${name}/aux/fp32.${variant}/y`] = part(
        compute(net, x.map(jitter), Math.fround),
      );
  }
  return safetensors(tensors);
}

const folder = (
  variants: number,
  change = (model: ReturnType<typeof networkModel>) => model,
) =>
  folderOf({
    "end2end.onnx": onnxModel(change(networkModel(net))),
    "references.safetensors": references(variants),
  });

describe("references without float64", () => {
  test("are a warning at best where float32 was computed in four other ways", async () => {
    const verdict = await validate(await folder(4));
    const { status, message, details } = checkOf(verdict, "parity");
    expect([verdict.outcome, status]).toEqual(["warn", "warn"]);
    expect(message).toContain("was only judged by the source's float32");
    expect(message).toContain("full evidence needs <case>/fp64/<output>");
    expect(details.outputs).toMatchObject([
      { name: "y", status: "warn", evidence: "fp32" },
    ]);
  });

  test("show a wrong model all the same", async () => {
    const wrong = reweigh("second", (value, at) =>
      at === 7 ? value * 1.001 : value,
    );
    expect(
      checkOf(await validate(await folder(4, wrong)), "parity"),
    ).toMatchObject({ status: "fail", kind: "wrong" });
  });

  test("are unproven with three variants", async () => {
    expect(checkOf(await validate(await folder(3)), "parity")).toMatchObject({
      status: "fail",
      kind: "unproven",
    });
  });

  test("pass by a stated tolerance", async () => {
    const tolerance = { ...STRICT.tolerance, absolute: 1e-4 };
    expect((await validate(await folder(4), { tolerance })).outcome).toBe(
      "pass",
    );
  });
});
