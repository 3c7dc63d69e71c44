import type { Context } from "../context.ts";
import type { BranchPaths } from "../model/layout.ts";
import type { PlannedFile, PlannedModel } from "../plan/plan.ts";
import { hasReferencesFor, mayRecheck } from "../plan/recheck.ts";
import { alteredFiles, isUnchanged } from "../plan/unchanged.ts";
import type { Snapshot, StoredFile } from "../store/store.ts";

/** The files as the store has them, and as the plan names them, each with its sha256. */
export interface FetchedInputs {
  inputs: StoredFile[];
  files: PlannedFile[];
}

/** Downloads a model's files into `folder`, hashed on the way. Throws the signal's reason where it is called off. */
export async function fetchInputs(
  ctx: Pick<Context, "log" | "signal">,
  snapshot: Snapshot,
  model: PlannedModel,
  folder: string,
): Promise<FetchedInputs> {
  const bytes = model.files.reduce((sum, { size }) => sum + size, 0);
  const progress = ctx.log.progress(`${model.name}: download`, bytes, "bytes");

  try {
    const rename = (path: string) => path.slice(model.folder.length + 1);
    const stored = await snapshot.download(model.files, folder, {
      ...{ rename, signal: ctx.signal },
      progress: (n) => progress.advance(n),
    });

    const inputs = stored.map(({ path, size, token, sha256 }) => ({
      path,
      size,
      token,
      sha256,
    }));

    const hashes = new Map(stored.map(({ path, sha256 }) => [path, sha256]));
    const files = model.files.map((file) => ({
      ...file,
      sha256: hashes.get(file.path) ?? null,
    }));

    return { inputs, files };
  } finally {
    progress.end();
  }
}

/** Only now, with each file's sha256, it can be told what is to be done: nothing, checks alone, or a conversion. */
export async function decideAfterDownload(
  snapshot: Snapshot,
  model: PlannedModel,
  paths: BranchPaths,
): Promise<PlannedModel["decision"]> {
  if (!model.published) return "convert";

  const tokens = new Map<string, string>();
  for (const { path } of model.published.files)
    for await (const object of snapshot.list(path))
      if (object.path === path) tokens.set(path, object.token);

  const now = {
    ...model,
    altered: alteredFiles(model.published, (path) => tokens.get(path)),
  };
  if (isUnchanged(now)) return "unchanged";

  return mayRecheck(now) && (await hasReferencesFor(model, snapshot, paths))
    ? "recheck"
    : "convert";
}
