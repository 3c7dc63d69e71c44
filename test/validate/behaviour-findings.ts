import type { CheckName } from "../../src/validate/checks/registry.ts";
import { checkOf, validate } from "../support/validate.ts";
import { reweigh } from "./mutations/edits.ts";
export const found = async (folder: Promise<string>) =>
  foundBy("behaviour", folder);
export const foundBy = async <N extends CheckName>(
  check: N,
  folder: Promise<string>,
) => {
  const verdict = await validate(await folder);
  return {
    ...checkOf(verdict, check),
    outcome: verdict.outcome,
    sentence: verdict.sentence,
  };
};
export const hiddenFault = reweigh("bias.1", (value) => value + 0.01);
