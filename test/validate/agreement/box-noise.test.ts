import { expect, test } from "vitest";
import { readBoxNoise } from "../../../src/validate/agreement/box-values.ts";
import type { References } from "../../../src/validate/evidence/references.ts";
import type { TensorEntry } from "../../../src/validate/evidence/safetensors.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";

const NAMES = { dets: "dets", labels: null, masks: null };

/** One box of a picture 256 wide, moved by so many pixels. */
function box(moved: number): Tensor {
  return {
    dtype: "float32",
    dims: [1, 1, 5],
    data: Float32Array.of(190 + moved, 83, 256, 110, 0.6),
  };
}

const TENSORS: Record<string, Tensor> = {
  single: box(0),
  other: box(1e-3),
};
const references = {
  read: async ({ name }: TensorEntry) => TENSORS[name],
} as unknown as References;

const entry = (name: string): Map<string, TensorEntry> =>
  new Map([
    [
      "dets",
      { name, dtype: "float32", dims: [1, 1, 5], offset: 0, length: 20 },
    ],
  ]);

// A right FCOS, whose source cannot compute in float64, was called wrong: no corner equals another to the last bit.
test("without double precision a corner may differ by its rounding", async () => {
  const noise = await readBoxNoise(references, NAMES, {
    ...{ fp32: entry("single"), fp64: new Map(), variants: [] },
  });

  expect(noise.corner).toBeGreaterThan(2 ** -17);
  expect(noise.corner).toBeLessThan(1e-3);
});

test("without double precision, single precision in other ways tells the noise", async () => {
  const noise = await readBoxNoise(references, NAMES, {
    ...{ fp32: entry("single"), fp64: new Map(), variants: [entry("other")] },
  });

  expect(noise.corner).toBeGreaterThan(9e-4);
});
