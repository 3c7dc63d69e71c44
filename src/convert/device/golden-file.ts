import type { GoldenWish } from "../../config/policy.ts";
import type { Contract } from "../../validate/contract/contract.ts";
import { detectionNames } from "../../validate/detection/detection-names.ts";
import { openReferences } from "../../validate/evidence/open-references.ts";
import type {
  ReferenceCase,
  References,
} from "../../validate/evidence/references.ts";
import {
  openTensors,
  type TensorEntry,
  type TensorFile,
} from "../../validate/evidence/safetensors.ts";
import { numbersOf } from "../../validate/evidence/tensor.ts";
import {
  type StoredTensor,
  writeSafetensors,
} from "../../validate/evidence/write-safetensors.ts";
import { asDtype } from "./as-dtype.ts";
import { type Candidate, chooseGolden } from "./choose-golden.ts";

/** What `golden.safetensors` holds, for people; or why there is none. */
export type WrittenGolden =
  | { kind: "real" | "random"; picture: string | null; hasPicture: boolean }
  | { why: string };

interface GoldenWishes {
  /** Path of `references.safetensors`; null where there is none. */
  source: string | null;
  /** The file to write. */
  path: string;
  wish: GoldenWish;
  contract: Contract | null;
}

/**
 * Writes one input of the references and what the source computes for it: `in/<input>`, `out/<output>` in the graph's
 * types, and `picture`, uint8 [height, width, channels] as OpenCV decodes it, where there is one. The same references
 * give the same bytes.
 */
export async function writeGolden({
  source,
  path,
  wish,
  contract,
}: GoldenWishes): Promise<WrittenGolden> {
  if (source === null) return { why: "there are no references" };

  const references = await openReferences(source);
  const file = await openTensors(source);

  try {
    const candidates = await candidatesOf(references, contract);
    const chosen = chooseGolden(candidates, wish);
    if ("why" in chosen) return chosen;

    const { reference, hasPicture } = chosen;
    const { name, kind, inputs, fp32, aux } = reference;
    const shown = file.metadata[`file/${name}`] ?? null;
    const entries: [string, TensorEntry][] = [
      ...named("in", inputs),
      ...named("out", fp32),
      ...(hasPicture
        ? named("", aux).filter(([tensor]) => tensor === PICTURE)
        : []),
    ];

    const tensors: StoredTensor[] = [];
    for (const [tensor, entry] of entries)
      tensors.push(await stored(tensor, entry, { file, references }));

    const texts = entries.filter(([, { dtype }]) => dtype === "string");
    await writeSafetensors(path, tensors, {
      ...{ format: "golden", version: "1", kind },
      ...(shown === null ? {} : { file: shown }),
      ...Object.fromEntries(
        texts.map(([tensor]) => [`text/${tensor}`, "utf8"]),
      ),
    });

    return {
      kind: kind === "real" ? kind : "random",
      picture: shown,
      hasPicture,
    };
  } finally {
    await references.close();
    await file.close();
  }
}

const PICTURE = "picture";

function named(
  part: string,
  entries: ReadonlyMap<string, TensorEntry>,
): [string, TensorEntry][] {
  return [...entries].map(([name, entry]) => [
    part === "" ? name : `${part}/${name}`,
    entry,
  ]);
}

/** Cases with all outputs that any case has. */
async function candidatesOf(
  { cases, read }: References,
  contract: Contract | null,
): Promise<Candidate[]> {
  const outputs = [...new Set(cases.flatMap(({ fp32 }) => [...fp32.keys()]))];
  const whole = cases.filter(({ fp32 }) => fp32.size === outputs.length);
  const detection = detectionNames(contract, outputs, cases);

  const candidates: Candidate[] = [];
  for (const reference of whole) {
    const dets = detection && reference.fp32.get(detection.dets);
    candidates.push({
      reference,
      bytes: lengthOf(reference.inputs) + lengthOf(reference.fp32),
      picture: reference.aux.get(PICTURE)?.length ?? null,
      best: dets ? bestScore(numbersOf(await read(dets)), dets) : null,
    });
  }

  return candidates;
}

function lengthOf(entries: ReferenceCase["inputs"]): number {
  return [...entries.values()].reduce((sum, { length }) => sum + length, 0);
}

/** Rows end in the score. */
function bestScore(
  values: ArrayLike<number>,
  { dims }: Pick<TensorEntry, "dims">,
): number {
  const width = dims.at(-1) ?? 1;
  let best = 0;
  for (let at = width - 1; at < values.length; at += width)
    best = Math.max(best, values[at] ?? 0);

  return best;
}

async function stored(
  name: string,
  entry: TensorEntry,
  { file, references }: { file: TensorFile; references: References },
): Promise<StoredTensor> {
  const { dtype, dims, length } = entry;
  const output = name.startsWith("out/") ? name.slice("out/".length) : null;
  const declared = output && references.declaredDtypes.get(output);
  const other =
    declared && declared !== dtype
      ? asDtype(await references.read(entry), declared)
      : null;
  if (other) return { ...other, name };

  const bytes = await file.bytes(entry);
  if (dtype !== "string") return { name, dtype, shape: dims, bytes };

  const longest = length / dims.reduce((size, dim) => size * dim, 1);
  return { name, dtype: "uint8", shape: [...dims, longest], bytes };
}
