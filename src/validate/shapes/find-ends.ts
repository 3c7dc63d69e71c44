import type { Contract } from "../contract/contract.ts";
import { type FreeAxis, sharedStep } from "../evidence/axes.ts";
import { declaredEnd } from "../evidence/shape-tries.ts";
import type { Feeds } from "../evidence/tensor.ts";
import { findEnd, type LengthEnd } from "./largest-length.ts";
import type { RefusedLength, TriedSizes } from "./try-all.ts";
import type { Trial } from "./try-sizes.ts";

/** What is searched: axes, what is known of them, and inputs that are made longer. */
export interface EndRequest {
  trial: Trial;
  contract: Contract | null;
  axes: readonly FreeAxis[];
  tried: TriedSizes;
  feeds: Feeds;
}

/** Where open axes end that the contract declares no `max` for; a length that runs and is wrong is a problem. */
export interface FoundEnds {
  ends: LengthEnd[];
  problem: string | null;
}

/** Lengths that end somewhere, and axes of pictures that were refused far beyond the references. */
export async function findEnds(request: EndRequest): Promise<FoundEnds> {
  const ends: LengthEnd[] = [];

  for (const axis of request.axes) {
    const refused = request.tried.ends.find((each) => each.axis === axis);
    const isSearched =
      axis.kind === "length" && declaredEnd(axis, request.contract) === null;
    if (!refused && !isSearched) continue;

    const found = await searchEnd(request, axis, refused ?? null);
    if (!found) continue;
    if ("problem" in found)
      return {
        ends,
        problem: `the graph leaves ${axis.name} (${axis.kind}) open, but with ${axis.name} = ${found.length} ${found.problem}`,
      };

    ends.push(found);
  }

  return { ends, problem: null };
}

/** The end of one axis; `refused` is a length that is known to fail. */
export function searchEnd(
  { trial, tried, feeds }: EndRequest,
  axis: FreeAxis,
  refused: RefusedLength | null,
) {
  const runs = Math.max(...axis.sizes, tried.ran.get(axis) ?? 0);
  return findEnd(trial, { axis, step: sharedStep(axis), runs, refused }, feeds);
}
