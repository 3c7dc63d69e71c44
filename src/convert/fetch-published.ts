import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { hashFile } from "../disk/hash-file.ts";
import { AppError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { deviceFiles, type ModelPlaces } from "../model/layout.ts";
import type { PlannedModel } from "../plan/plan.ts";
import type { Snapshot, StoredFile } from "../store/store.ts";

/** A larger model is not fetched only to be measured. */
const LARGEST_BYTES = 512 * 2 ** 20;

export interface PublishedQuestion {
  model: Pick<PlannedModel, "name" | "published">;
  places: ModelPlaces;
  /** Folder of the new model, laid out like `edge/<name>/`. */
  files: string;
  /** Where the published one is put. */
  folder: string;
}

/**
 * Downloads the model that is published now into `folder`, to be measured beside the new one in `files`. Returns the
 * path of its ONNX file; null where there is none, it is the same, or it is not worth it. Nothing of it is a failure.
 */
export async function fetchPublished(
  ctx: Pick<Context, "log">,
  snapshot: Snapshot,
  { model: planned, places: { edge }, files, folder }: PublishedQuestion,
): Promise<string | null> {
  const aside = deviceFiles(planned.name).map((name) => edge + name);
  const wanted = (planned.published?.files ?? []).filter(
    ({ path }) =>
      path.startsWith(edge) && !path.endsWith(".json") && !aside.includes(path),
  );

  const own = (path: string) => path.slice(edge.length);
  const model = wanted.find(({ path }) => path.endsWith(".onnx"));
  if (!model || (await areSame(wanted, (path) => join(files, own(path)))))
    return null;
  if (wanted.reduce((sum, { size }) => sum + size, 0) > LARGEST_BYTES)
    return null;

  try {
    await snapshot.download(wanted, folder, { rename: own });
    return join(folder, own(model.path));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(
      `${planned.name}: its speed could not be compared with the published model's: ${error.message}`,
      "performance.md",
    );

    return null;
  }
}

async function areSame(
  published: readonly StoredFile[],
  localOf: (path: string) => string,
): Promise<boolean> {
  for (const { path, size, sha256 } of published) {
    const local = localOf(path);
    const info = await stat(local).catch(nullUnlessPrevented);
    if (info?.size !== size || (await hashFile(local)) !== sha256) return false;
  }
  return true;
}
