import { isDeepStrictEqual } from "node:util";
import type { PlannedFile, PlannedModel } from "../plan/plan.ts";
import { askedFingerprint } from "../plan/unchanged.ts";
import type { StoredFile } from "../store/store.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import type { Conversion } from "./conversion.ts";

/** What a conversion states of its model's origin, and the plan does not, for people; null where they agree. */
export function unlikePlan(
  conversion: Conversion,
  model: PlannedModel,
): string | null {
  if (conversion.engine !== model.engine)
    return "its engine is not that of the plan";
  if (!isEqual(conversion.code, model.code))
    return "its code is not that of the plan";
  if (!isEqual(conversion.lineage, model.lineage))
    return "its lineage is not that of the plan";

  const { status, ships } = conversion;
  if (status === "unchanged")
    return isEqual(conversion.fingerprint, model.published?.fingerprint)
      ? null
      : "its fingerprint is not the published one";

  return ships ? unlikeInputs(conversion, model) : null;
}

function unlikeInputs(
  conversion: Conversion,
  model: PlannedModel,
): string | null {
  const { inputs, fingerprint } = conversion;
  if (fingerprint === null) return "it has no fingerprint";

  const isOfPublished =
    conversion.status === "rechecked" &&
    isEqual(inputs, model.published?.inputs);
  if (!isOfPublished && !areThoseOf(inputs, model.files))
    return "its inputs are not those of the plan";

  const hashes = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  const files = model.files.map((file) => ({
    ...file,
    sha256: hashes.get(file.path) ?? null,
  }));
  const asked = askedFingerprint(
    { ...model, files },
    fingerprint.exec,
    CHECKS_VERSION,
  );

  return isEqual(fingerprint, asked)
    ? null
    : "its fingerprint does not follow from its inputs and the plan";
}

/** The same objects of the store, and the hashes that the plan knew. */
function areThoseOf(
  inputs: readonly StoredFile[],
  planned: readonly PlannedFile[],
): boolean {
  const known = new Map(planned.map((file) => [file.path, file]));

  return (
    inputs.length === known.size &&
    new Set(inputs.map(({ path }) => path)).size === known.size &&
    inputs.every(({ path, size, token, sha256 }) => {
      const file = known.get(path);
      return (
        file?.size === size &&
        file.token === token &&
        (file.sha256 ?? sha256) === sha256
      );
    })
  );
}

/** Of data as documents hold it, whatever the order of keys. */
function isEqual(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a ?? null, b ?? null);
}
