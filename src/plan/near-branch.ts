import type { Store } from "../store/store.ts";
import { editDistance } from "../text/nearest.ts";

/** Branches that are looked at; a store may have thousands. */
const LOOKED_AT = 5_000;
const NAMED = 3;

/** Branches of the store that somebody most likely meant: other separators or case, or a letter or two apart. */
export async function nearBranches(
  store: Pick<Store, "branches">,
  name: string,
): Promise<string[]> {
  const found: { name: string; distance: number }[] = [];
  let seen = 0;

  for await (const branch of store.branches()) {
    seen += 1;
    if (seen > LOOKED_AT) break;

    const distance = distanceOf(name, branch.name);
    if (distance !== null) found.push({ name: branch.name, distance });
  }

  return found
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, NAMED)
    .map((branch) => branch.name);
}

/** 0 where only separators, case or a hash of ours differ; null where nobody would mix them up. */
function distanceOf(name: string, other: string): number | null {
  const [left, right] = [letters(name), letters(other)];
  if (left === right || left === letters(withoutHash(other))) return 0;
  if (letters(withoutHash(name)) === right) return 0;

  const most = left.length < 6 ? 1 : 2;
  if (Math.abs(left.length - right.length) > most) return null;

  const distance = editDistance(left, right);
  return distance <= most ? distance : null;
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Until 0.1 more names got a hash: their branches may still be there. */
function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{8}$/, "");
}
