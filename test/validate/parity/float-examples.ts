import { STRICT } from "../../../src/config/policy.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { addFloatCase } from "../../../src/validate/parity/add-float-case.ts";
import { evidenceOf } from "../../../src/validate/parity/evidence.ts";
import { createFloatAccumulator } from "../../../src/validate/parity/float-accumulator.ts";
import { reportFloat } from "../../../src/validate/parity/float-output.ts";
import { random } from "../../support/random.ts";

const NAMED = { name: "out", called: 'output "out"' };

export type Value = (at: number, channel: number, row: number) => number;
export interface Example {
  /** Rows of each case. */
  rows?: number[];
  channels?: number;
  intermediate?: number;
  /** Value in fp64. */
  exact: Value;
  /** fp32 of the source; by default the rounded fp64. */
  fp32?: (exact: number, at: number) => number;
  onnx: (fp32: number, at: number, channel: number, exact: number) => number;
  fp64?: boolean;
  /** Of the output. */
  dtype?: "float32" | "float16";
  tolerance?: Partial<typeof STRICT.tolerance>;
}

export function judge({
  rows = [4, 3, 1],
  channels = 4,
  intermediate = 1,
  exact,
  fp32 = Math.fround,
  onnx,
  fp64 = true,
  dtype = "float32",
  tolerance,
}: Example) {
  const dims = (batch: number) =>
    intermediate > 1 ? [batch, channels, intermediate, 1] : [batch, channels];
  const accumulator = createFloatAccumulator(dtype, 1, channels);
  let at = 0;
  for (const [index, batch] of rows.entries()) {
    const size = batch * channels * intermediate;
    const values = new Float64Array(size);
    const single = new Float32Array(size);
    const got = new Float32Array(size);
    for (let flat = 0; flat < size; flat++, at++) {
      const channel = Math.floor(flat / intermediate) % channels;
      values[flat] = exact(
        at,
        channel,
        Math.floor(flat / intermediate / channels),
      );
      single[flat] = fp32(values[flat] as number, at);
      got[flat] = onnx(
        single[flat] as number,
        at,
        channel,
        values[flat] as number,
      );
    }
    const tensor = (
      data: Float32Array | Float64Array,
      dtype: Tensor["dtype"],
    ): Tensor => ({
      dtype,
      dims: dims(batch),
      data,
    });
    const source = fp64 ? tensor(values, "float64") : tensor(single, "float32");
    addFloatCase(accumulator, {
      name: `case-${index}`,
      onnx: tensor(got, "float32"),
      exact: source,
      noisy: fp64 ? tensor(single, "float32") : null,
    });
  }
  const policy = { ...STRICT.tolerance, ...tolerance };
  return reportFloat(
    NAMED,
    dims(rows[0] ?? 1),
    accumulator,
    evidenceOf(fp64 ? "fp64" : "none", policy),
  );
}

/** To the eleven bits that a half has. */
export function half(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10);
  return Math.round(value / unit) * unit;
}

export const rng = random(7);
export const normal = () => rng.normal();
/** fp32 noise of a network: about 2e-7 of the scale, with the heavy tail that was measured. */
export const noisy = (scale: number) => (exact: number) =>
  Math.fround(exact + 2e-7 * scale * rng.normal());
export const again =
  (scale: number) => (_: number, __: number, ___: number, exact: number) =>
    exact + 2e-7 * scale * rng.normal();
export const scales = [1, 0.01, 100, 1];
export const byChannel: Value = (_, channel) =>
  normal() * (scales[channel] ?? 1);
