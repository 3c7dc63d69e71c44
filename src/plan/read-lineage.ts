import { objectIn } from "../document/json-object.ts";
import { UsageError } from "../errors.ts";
import {
  isEmptyLineage,
  type Lineage,
  lineageIn,
  mergedLineage,
} from "../lineage.ts";
import type { ModelFolder } from "../model/find-models.ts";
import type { Snapshot } from "../store/store.ts";

/** Training's own file, and that of a conversion module, which other tools call their files, too. */
const OF_TRAINING = "training.json";
const OF_A_MODULE = "metadata.json";
/** Bytes: a few facts, not a log. */
const LIMIT = 1 << 20;

/**
 * What a model was trained from: of `training.json`, else `metadata.json`, beside its checkpoint, and of
 * `conversion.yaml`. Undefined where nobody says it. Throws `UsageError` where a file is too large, no JSON object, or
 * says something that cannot be, or something else than `conversion.yaml`.
 */
export async function readLineage(
  snapshot: Pick<Snapshot, "read">,
  { folder, files }: Pick<ModelFolder, "folder" | "files">,
  configured: Lineage,
): Promise<Lineage | undefined> {
  const file =
    files.find(({ relative }) => relative === OF_TRAINING) ??
    files.find(({ relative }) => relative === OF_A_MODULE);
  const isTraining = file?.relative === OF_TRAINING;
  const path = `${folder}/${file?.relative}`;

  const found =
    file === undefined
      ? {}
      : checked(path, await readObject(snapshot, file, isTraining));
  const own = checked(
    "lineage of conversion.yaml",
    lineageIn({ ...configured }),
  );
  const merged = checked(
    `${path} and conversion.yaml say different things`,
    mergedLineage(found, own),
  );

  return isEmptyLineage(merged) ? undefined : merged;
}

type Read = { lineage: Lineage } | { problem: string };

async function readObject(
  snapshot: Pick<Snapshot, "read">,
  { path, size }: ModelFolder["files"][number],
  isTraining: boolean,
): Promise<Read> {
  // Of another tool's file of that name nothing is asked.
  const nothing: Read = { lineage: {} };
  if (size > LIMIT)
    return isTraining ? { problem: "is larger than 1 MiB" } : nothing;

  const bytes = await snapshot.read(path, LIMIT);
  const data = objectIn(Buffer.from(bytes ?? []).toString("utf8"));
  if (data !== null) return lineageIn(data);

  return isTraining ? { problem: "is not a JSON object" } : nothing;
}

function checked(where: string, read: Read): Lineage {
  if ("lineage" in read) return read.lineage;

  throw new UsageError(`${where}: ${read.problem}`, {
    code: "lineage",
    hint: "correct parent_spec_fp, parent_exec_fp or parent_training_run_id there, or take the file away: nothing but the lineage is read from it",
  });
}
