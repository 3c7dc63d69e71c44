import { posix } from "node:path";
import type { ModelFolder } from "../model/find-models.ts";
import type { Snapshot } from "../store/store.ts";

/** MMEngine writes the path of the newest checkpoint here, as it was on the training machine. */
const FILE = "last_checkpoint";
const LIMIT = 4096;

/** Name of the checkpoint that MMEngine's `last_checkpoint` in a model's folder names; null where there is none. */
export async function lastCheckpoint(
  snapshot: Pick<Snapshot, "read">,
  { files }: Pick<ModelFolder, "files">,
): Promise<string | null> {
  const file = files.find(({ relative }) => relative === FILE);
  if (file === undefined) return null;

  const bytes = await snapshot.read(file.path, LIMIT);
  const text = Buffer.from(bytes ?? []).toString("utf8");
  const path = text.trim().replaceAll("\\", "/");

  return posix.basename(path) || null;
}
