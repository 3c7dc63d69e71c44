import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import type { FreeAxis } from "../../../src/validate/evidence/axes.ts";
import {
  plannedTries,
  untriedSizes,
} from "../../../src/validate/evidence/shape-tries.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";

const BATCH: FreeAxis = {
  name: "batch",
  kind: "batch",
  places: [{ input: "x", axis: 0, rank: 2 }],
  sizes: [4, 3, 1],
};
const x: Tensor = { dtype: "float32", dims: [1, 6], data: new Float32Array(6) };

test("the first length beyond the references is required, however many sizes they have: a batch may be cut at their largest", () => {
  const tries = plannedTries(
    { contract: null, policy: STRICT },
    [BATCH],
    new Map([["x", x]]),
    24,
  );
  expect(
    tries.map(({ sizes, kind, inputs }) => [
      sizes.get(BATCH),
      kind,
      inputs.get("x")?.dims,
    ]),
  ).toEqual([
    [5, "required", [5, 6]],
    [9, "further", [9, 6]],
  ]);
});

test("what is promised beyond all memory is not made, and is told", () => {
  const shapes = { batch: [7, 10 ** 9, 2 ** 50] };
  const subject = { contract: null, policy: { ...STRICT, shapes } };
  const feeds = new Map([["x", x]]);
  const promised = plannedTries(subject, [BATCH], feeds, 24).filter(
    ({ kind }) => kind === "promised",
  );

  expect(promised.map(({ sizes }) => sizes.get(BATCH))).toEqual([7]);
  expect(
    untriedSizes(subject, [BATCH], feeds).map((sizes) => sizes.get(BATCH)),
  ).toEqual([10 ** 9, 2 ** 50]);
});
