import { createHash } from "node:crypto";
import { versionPrefix } from "../../src/registry/layout.ts";
import type { ObjectPlace } from "../../src/registry/object-place.ts";
import { objectTarget } from "../../src/registry/object-target.ts";
import type { RegistryHere } from "./conformance.ts";
import { faultyPlace } from "./faulty-place.ts";

/** A registry of objects, for the conformance suite. */
export function objectRegistry(place: ObjectPlace): RegistryHere {
  return {
    target: objectTarget(place),
    dying: (killed) => {
      const faulty = faultyPlace(place, killed);
      return { target: objectTarget(faulty), calls: faulty.calls };
    },
    files: async (model, version) => {
      const prefix = versionPrefix(model, version);
      const found = new Map<string, string[]>();
      for await (const { key } of place.list(prefix))
        found.set(key.slice(prefix.length), [String(await place.hash(key))]);
      return found;
    },
    plant: ({ model, version, name }, bytes) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const key = versionPrefix(model, version) + name;
      return place.create(key, { bytes, sha256 });
    },
  };
}
