import type { Context } from "../context.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { isUnchanged } from "../plan/unchanged.ts";
import type { Snapshot, StoreObject } from "../store/store.ts";
import type { Conversion } from "./conversion.ts";

/** Downloads a model's files into `folder`, hashed on the way: the plan's open sha256 are known afterwards. */
export async function fetchInputs(
  ctx: Pick<Context, "log">,
  snapshot: Snapshot,
  model: PlannedModel,
  folder: string,
  conversion: Conversion,
): Promise<void> {
  const bytes = model.files.reduce((sum, { size }) => sum + size, 0);
  const progress = ctx.log.progress(`${model.name}: download`, bytes, "bytes");

  try {
    const rename = (path: string) => path.slice(model.folder.length + 1);
    const stored = await snapshot.download(model.files, folder, {
      rename,
      progress: (n) => progress.advance(n),
    });

    conversion.inputs = stored.map(({ path, size, token, sha256 }) => ({
      path,
      size,
      token,
      sha256,
    }));

    const hashes = new Map(stored.map(({ path, sha256 }) => [path, sha256]));
    for (const file of model.files) file.sha256 = hashes.get(file.path) ?? null;
  } finally {
    progress.end();
  }
}

/** The published model is the same after all: only now, with each file's sha256, can it be told. */
export async function isUnchangedAfterAll(
  snapshot: Snapshot,
  model: PlannedModel,
): Promise<boolean> {
  if (!model.published) return false;

  const edge = new Map<string, StoreObject>();
  for (const { path } of model.published.files)
    for await (const object of snapshot.list(path))
      if (object.path === path) edge.set(path, object);

  return isUnchanged(model, edge);
}
