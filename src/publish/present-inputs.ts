import type { Manifest } from "../model/manifest.ts";

/** Whether the inputs that a manifest covers lie there now. `present`: token by path; undefined where nobody knows. */
export function isOfPresentInputs(
  manifest: Pick<Manifest, "inputs"> | null,
  present: ReadonlyMap<string, string> | undefined,
): boolean {
  if (!manifest || !present || manifest.inputs.length === 0) return false;

  return manifest.inputs.every(
    ({ path, token }) => present.get(path) === token,
  );
}
