import type { Policy } from "../config/policy.ts";
import type { BranchPaths } from "../model/layout.ts";
import { placesOf } from "../model/layout.ts";
import type { Snapshot } from "../store/store.ts";
import type { PlannedModel } from "./plan.ts";

/** Bytes; the largest that was seen is a tenth of it. */
const VERDICT_LIMIT = 16 << 20;

/**
 * Equal bytes are published, and only what is asked of them changed: policy or checks. Then they are checked again, and
 * no engine runs. Needs each published file to be listed with its recorded token.
 */
export function mayRecheck({
  fingerprint,
  published,
  altered,
}: Pick<PlannedModel, "fingerprint" | "published" | "altered">): boolean {
  if (!fingerprint || !published) return false;

  return (
    fingerprint.spec === published.fingerprint.spec &&
    fingerprint.exec === published.fingerprint.exec &&
    fingerprint.verdict !== published.fingerprint.verdict &&
    altered.length === 0
  );
}

/**
 * Whether the published references hold what the policy asks for: lengths of axes are given to the engine, so other
 * lengths need other references. Told by the published verdict's own policy; without one it is not known.
 */
export async function hasReferencesFor(
  { name, policy }: Pick<PlannedModel, "name" | "policy">,
  snapshot: Pick<Snapshot, "read">,
  paths: BranchPaths,
): Promise<boolean> {
  const path = `${placesOf(name, paths).evidence}verdict.json`;
  const bytes = await snapshot.read(path, VERDICT_LIMIT);
  const before = bytes && shapesIn(Buffer.from(bytes).toString("utf8"));

  return before !== null && before === shapesOf(policy);
}

function shapesIn(text: string): string | null {
  try {
    const { policy } = JSON.parse(text) as { policy?: Partial<Policy> };
    return policy?.shapes ? shapesOf({ shapes: policy.shapes }) : null;
  } catch {
    return null;
  }
}

/** In one spelling, whatever the order of the keys. */
function shapesOf({ shapes }: Pick<Policy, "shapes">): string {
  return JSON.stringify(
    Object.entries(shapes).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
