import { UsageError } from "../errors.ts";
import type { ModelKey } from "./release.ts";

/** A version of a model in a registry, as people write it. */
export interface ReleasePlace {
  /** URL of the registry, as `promote --to` takes it. */
  registry: string;
  model: ModelKey;
  /** A version, or an alias that names one. */
  version: string;
}

const FORM = /^([a-z0-9]+:[^#]*)#([^/@#]+)\/([^/@#]+)@([^/@#]+)$/;

/**
 * Reads `REGISTRY#ALGORITHM/NAME@VERSION`, such as `s3://models/autoware-ml#CenterPoint/t4base@1.2.0` or
 * `mlflow:#CenterPoint/t4base@edge`. Null for a text without a scheme and a `#`: that is another kind of place. Throws
 * `UsageError` that says the form.
 */
export function parseReleasePlace(place: string): ReleasePlace | null {
  if (!/^[a-z0-9]+:[^#]*#/.test(place)) return null;

  const [, registry = "", algorithm = "", name = "", version = ""] =
    FORM.exec(place) ?? [];
  if (registry === "")
    throw new UsageError(
      `${JSON.stringify(place)} does not name a version of a registry`,
      {
        code: "place-unknown",
        hint: "write `REGISTRY#ALGORITHM/NAME@VERSION`, such as `s3://models/autoware-ml#CenterPoint/t4base@1.2.0`, or an alias in place of the version",
      },
    );

  return { registry, model: { algorithm, name }, version };
}
