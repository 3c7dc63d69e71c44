import type { ObjectPlace } from "../../src/registry/object-place.ts";

/** Dies at its n-th call, before or after that has had its effect; every later call dies, too, as of a killed process. */
export function faultyPlace(
  place: ObjectPlace,
  { at, effect }: { at: number; effect?: "before" | "after" },
): ObjectPlace & { calls(): number } {
  let calls = 0;
  const guarded =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      calls += 1;
      if (calls > at || (calls === at && effect === "before"))
        throw new Error("killed");
      const result = await work(...args);
      if (calls === at) throw new Error("killed");
      return result;
    };

  return {
    ...place,
    calls: () => calls,
    read: guarded(place.read),
    hash: guarded(place.hash),
    create: guarded(place.create),
    replace: guarded(place.replace),
    keepsConditions: guarded(place.keepsConditions),
  };
}
