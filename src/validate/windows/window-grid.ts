import type { Contract } from "../contract/contract.ts";
import { parseSteps, type Windows } from "../preprocess/steps.ts";

/** The windows that a device cuts out of what it makes of a picture, by `contract.json`; null where it names none. */
export function windowsOf(contract: Contract | null): Windows | null {
  const said = contract?.preprocess.filter((step) => "windows" in step) ?? [];
  const steps = parseSteps(said);
  const [step] = "beyond" in steps ? [] : steps;

  return step?.kind === "windows" ? step : null;
}

/** Where windows begin along an axis: each a stride after the one before, the last shifted inside. */
export function windowStarts(
  length: number,
  window: number,
  stride: number,
): number[] {
  const count = Math.ceil(Math.max(length - window, 0) / stride) + 1;
  const last = Math.max(length - window, 0);

  return Array.from({ length: count }, (_, at) => Math.min(at * stride, last));
}
