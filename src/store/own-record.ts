import {
  checkAgainst,
  type SchemaName,
  schemaVersion,
} from "../document/schema.ts";
import { UsageError } from "../errors.ts";

/** What was found where a store keeps a record for itself. */
export type FoundRecord<T> =
  | { state: "whole"; data: T }
  /** A later version of this program wrote it. */
  | { state: "newer"; version: number }
  | { state: "damaged"; problem: string };

/** Reads a record by its schema, which names its kind and version. */
export async function recordIn<T>(
  schema: SchemaName,
  text: string,
): Promise<FoundRecord<T>> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { state: "damaged", problem: "it is not JSON, or was truncated" };
  }

  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > (await schemaVersion(schema)))
    return { state: "newer", version };

  const [problem] = await checkAgainst(schema, data);
  return problem === undefined
    ? { state: "whole", data: data as T }
    : { state: "damaged", problem };
}

/** The error of a program that is too old for a record; `place` for people. */
export function newerRecord(place: string, version: number): UsageError {
  return new UsageError(
    `${place} has version ${version}: a newer version of model-to-edge wrote it`,
    {
      code: "document-version",
      hint: "use the same version of model-to-edge in all jobs that use this store; do not remove the file",
    },
  );
}
