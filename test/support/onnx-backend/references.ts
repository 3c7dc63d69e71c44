import { packTensors } from "../references-writer.ts";
import type { BackendCase, NamedTensor } from "./data.ts";

/** As references, a case for each set of data; with `perturbed`, one value of the last output is another. */
export function backendReferences(
  { sets }: BackendCase,
  perturbed = false,
): Buffer {
  const tensors: Record<string, NamedTensor> = {};
  for (const [index, { inputs, outputs }] of sets.entries()) {
    for (const input of inputs)
      tensors[`set-${index}/in/${input.name}`] = input;
    for (const output of outputs)
      tensors[`set-${index}/fp32/${output.name}`] = output;
  }
  const last = sets.at(-1)?.outputs.at(-1);
  if (perturbed && last)
    tensors[`set-${sets.length - 1}/fp32/${last.name}`] = {
      ...last,
      bytes: otherBytes(last),
    };
  return packTensors(tensors);
}

export function canBePerturbed({ sets }: BackendCase): boolean {
  return (sets.at(-1)?.outputs.at(-1)?.bytes.length ?? 0) > 0;
}

/** Part of the output's largest value: ten times what the policy allows. */
const CHANGE = 0.01;

/** The first value is another: a float by 1 % of the largest, a half float by half of it, a whole number by one. */
function otherBytes({ dtype, bytes }: NamedTensor): Buffer {
  const changed = Buffer.from(bytes);
  const size = dtype === "F64" ? 8 : 4;
  if (dtype === "F32" || dtype === "F64") {
    const at = (index: number) =>
      size === 8 ? bytes.readDoubleLE(index) : bytes.readFloatLE(index);
    let most = 0;
    for (let index = 0; index < bytes.length; index += size)
      if (Number.isFinite(at(index)))
        most = Math.max(most, Math.abs(at(index)));
    const other = Number.isFinite(at(0)) ? at(0) + CHANGE * (most || 1) : 0;
    if (size === 8) changed.writeDoubleLE(other);
    else changed.writeFloatLE(other);
  } else if (dtype === "F16") changed.writeUInt16LE(otherHalf(bytes));
  else
    changed[0] =
      dtype === "BOOL" ? 1 - (changed[0] ?? 0) : ((changed[0] ?? 0) + 1) % 256;
  return changed;
}

/** Without its sign a half float's bits are in the order of its size: 0 instead of a large one, else the largest. */
function otherHalf(bytes: Buffer): number {
  const sizes = Array.from(
    { length: bytes.length / 2 },
    (_, index) => bytes.readUInt16LE(2 * index) & 0x7fff,
  );
  const most = sizes.reduce(
    (largest, size) => (size < 0x7c00 ? Math.max(largest, size) : largest),
    0x400,
  );
  const half = most - 0x400;
  return (sizes[0] ?? 0) > half ? 0 : most;
}
