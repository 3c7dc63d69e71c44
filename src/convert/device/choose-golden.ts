import type { GoldenWish } from "../../config/policy.ts";
import type { ReferenceCase } from "../../validate/evidence/references.ts";

/** Bytes of the tensors in `golden.safetensors`. */
export const GOLDEN_LIMIT = 16 << 20;

/** A case that could be golden. */
export interface Candidate {
  reference: ReferenceCase;
  /** Bytes of its inputs and outputs. */
  bytes: number;
  /** Of the picture that its input was made of; null where there is none. */
  picture: number | null;
  /** Best score of a detector's boxes; null for other models. */
  best: number | null;
}

/** What becomes golden; or why nothing does, in plain words. */
export type Golden =
  | { reference: ReferenceCase; hasPicture: boolean }
  | { why: string };

/**
 * One case with all outputs, within the limit: a real sample where the wish allows it and there is one, else a random
 * input. Of the real ones: one in which a detector finds something, then one with its picture, then the smallest. A picture
 * with which it would be too large is left out.
 */
export function chooseGolden(
  candidates: readonly Candidate[],
  wish: GoldenWish,
): Golden {
  if (wish === "none") return { why: "`golden: none` in conversion.yaml" };

  const kinds = wish === "random" ? ["random"] : ["real", "random"];
  const wanted = candidates.filter(({ reference }) =>
    kinds.includes(reference.kind),
  );
  const smallest = Math.min(...wanted.map(({ bytes }) => bytes));
  if (wanted.length === 0) return { why: "no input has values of all outputs" };
  if (smallest > GOLDEN_LIMIT)
    return {
      why: `the smallest input and its outputs take ${megabytes(smallest)}, and at most ${megabytes(GOLDEN_LIMIT)} are published`,
    };

  const fitting = wanted.filter(({ bytes }) => bytes <= GOLDEN_LIMIT);
  const best = Math.max(...fitting.map((each) => each.best ?? 0));
  const order = (each: Candidate) => [
    kinds.indexOf(each.reference.kind),
    (each.best ?? 0) >= best / 2 ? 0 : 1,
    hasRoom(each) ? 0 : 1,
    each.bytes,
  ];

  const [chosen] = fitting.toSorted(
    (a, b) =>
      firstDifference(order(a), order(b)) ||
      (a.reference.name < b.reference.name ? -1 : 1),
  );
  if (!chosen) throw new Error("one candidate fits");

  return { reference: chosen.reference, hasPicture: hasRoom(chosen) };
}

function hasRoom({ bytes, picture }: Candidate): boolean {
  return picture !== null && bytes + picture <= GOLDEN_LIMIT;
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  return a.map((value, at) => value - (b[at] ?? 0)).find(Boolean) ?? 0;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
