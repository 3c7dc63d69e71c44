import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openReferences } from "../../src/validate/evidence/open-references.ts";
import type { References } from "../../src/validate/evidence/references.ts";
import { openTensors } from "../../src/validate/evidence/safetensors.ts";

/** Pictures, and what OpenMMLab's pipelines make of them; written by make_pairs.py beside them. */
const PAIRS = fileURLToPath(
  new URL("../fixtures/preprocess/pairs.safetensors", import.meta.url),
);

export type SaidStep = Record<string, unknown>;

/** What the engine writes into `contract.preprocess`, by name. */
export async function pairSteps(): Promise<Map<string, SaidStep[]>> {
  const { metadata, close } = await openTensors(PAIRS);
  await close();
  const names = Object.keys(metadata).flatMap(
    (key) => /^(.*)\/preprocess$/.exec(key)?.[1] ?? [],
  );
  return new Map(
    names.map((name) => [
      name,
      JSON.parse(metadata[`${name}/preprocess`] ?? "[]") as SaidStep[],
    ]),
  );
}

/** To be closed by who opens them. */
export function openPairs(): Promise<References> {
  return openReferences(PAIRS);
}

/** The pair of one name as a references file of its own. */
export async function pairFile(name: string): Promise<Buffer> {
  const all = await readFile(PAIRS);
  const length = Number(all.readBigUInt64LE());
  const header = JSON.parse(all.toString("utf8", 8, 8 + length)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const { __metadata__: metadata, ...entries } = header;
  const kept: Record<string, unknown> = { __metadata__: metadata };
  const data: Buffer[] = [];
  let end = 0;
  for (const [key, entry] of Object.entries(entries)) {
    if (!key.startsWith(`${name}/`)) continue;
    const [from, to] = entry.data_offsets;
    data.push(all.subarray(8 + length + from, 8 + length + to));
    kept[key] = { ...entry, data_offsets: [end, end + to - from] };
    end += to - from;
  }
  const text = Buffer.from(JSON.stringify(kept));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...data]);
}
