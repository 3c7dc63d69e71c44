import { AppError } from "../errors.ts";
import { exportModel } from "./export-model.ts";
import { fetchProved } from "./fetch-proved.ts";
import type { Progress, Workplace } from "./progress.ts";
import { freshFolders } from "./workspace.ts";

/**
 * In place of the engine: what another job left is fetched. Where it does not arrive as that job vouched for it, the
 * engine runs after all: the next job would find the same. A full disk is thrown.
 */
export async function fetchLeft(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  const fetched = await fetchOrReason(place, progress);
  if (typeof fetched !== "string") return fetched;

  const { model, left: _, ...rest } = progress;
  place.ctx.log.warn(
    `${model.name}: what the earlier job left cannot be used, it is converted again: ${fetched}`,
    "convert-template.md#retries",
  );
  await freshFolders(place.folders);

  return exportModel(place, {
    ...rest,
    model: { ...model, decision: "convert" },
  });
}

async function fetchOrReason(
  place: Workplace,
  progress: Progress,
): Promise<Progress | string> {
  try {
    const fetched = await fetchProved(place, progress);
    return fetched.conversion.failure?.message ?? fetched;
  } catch (error) {
    const isTheirs = error instanceof AppError && error.code !== "disk-full";
    if (!isTheirs || place.ctx.signal.aborted) throw error;

    return error.message;
  }
}
