import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openReferences, type ReferenceCase, type References } from "../../src/validate/references.ts";
import { openTensors } from "../../src/validate/safetensors.ts";

/** Pictures, and what OpenMMLab's pipelines make of them; written by make_pairs.py beside it. */
const PAIRS = fileURLToPath(new URL("../fixtures/preprocess/pairs.safetensors", import.meta.url));

export type SaidStep = Record<string, unknown>;

export interface Pair {
  references: References;
  one: ReferenceCase;
  /** What the engine writes into `contract.preprocess`. */
  steps: SaidStep[];
}

export async function openPairs(): Promise<Map<string, Pair>> {
  const { metadata, close } = await openTensors(PAIRS);
  await close();
  const references = await openReferences(PAIRS);
  return new Map(
    references.cases.map((one) => [
      one.name,
      { references, one, steps: JSON.parse(metadata[`${one.name}/preprocess`] ?? "[]") as SaidStep[] },
    ]),
  );
}

export function copyPairs(folder: string): Promise<void> {
  return copyFile(PAIRS, join(folder, "references.safetensors"));
}
