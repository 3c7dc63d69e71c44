import { lstatSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { originsOf } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { OF_MODEL } from "../../convert/workspace.ts";
import { notWritable } from "../../disk/not-writable.ts";
import { removeOwn } from "../../disk/remove-own.ts";
import type { Flags } from "../command-io.ts";
import { mustBeApart } from "./apart-from-store.ts";

/** What the steps of a run write below `--out`. */
export const OF_RUN = [
  ...["plan.json", "publication.json", "summary.json", "report", "models"],
];
/** What `land` writes there. */
export const OF_LAND = ["land.json", "report"];
/** What `promote` writes there. */
export const OF_PROMOTE = [
  "promotion.json",
  "dataset-promotion.json",
  "report",
];

const WRITTEN = new Set([
  ...[...OF_RUN, ...OF_LAND, ...OF_PROMOTE],
  ...["fleet.json", "child-pipeline.yml"],
]);

/** Whether a command writes, clears or removes what has this name in `--out`. */
export function isWrittenInOut(name: string): boolean {
  return WRITTEN.has(name) || /^(shelf\.|run\.lock|work-)/.test(name);
}

/** Shows that a run writes to the folder. */
export const OUTPUT_LOCK = "run.lock";

/** What any command writes in `report/`. */
const OF_REPORT: ReadonlySet<string> = new Set([
  ...["report.html", "note.md", "land-note.md", "picture.png", "published"],
  ...["junit.xml", "code-quality.json", "annotations.json"],
]);

/**
 * Removes what an earlier job wrote, where a runner keeps its folders: one that fails early would upload the other's
 * green reports as its own. Before anything can fail, so the setting is read by itself. Only what is ours: `--out .` in a
 * repository may meet a folder `models/` or `report/` of its user. Returns the output folder; throws `UsageError` where that is not apart from the store.
 */
export async function clearOutput(
  { cwd, environment }: Pick<Context, "cwd" | "environment">,
  flags: Flags,
  names: readonly string[],
): Promise<string> {
  const out = outputFolder({ cwd, environment }, flags);

  for (const name of names)
    await remove(join(out, name), name).catch((error: unknown) => {
      throw notWritable(join(out, name), error);
    });

  return out;
}

/** The output folder. Throws `UsageError` where it is not apart from the store. */
export function outputFolder(
  { cwd, environment }: Pick<Context, "cwd" | "environment">,
  flags: Flags,
): string {
  const out = resolve(cwd, setting("out", flags, environment) ?? ".");
  const store = setting("store", flags, environment) ?? "";
  mustBeApart(out, store, "--out", isWrittenInOut);

  return out;
}

async function remove(path: string, name: string): Promise<void> {
  if (name === "report") return removeOwn(path, OF_REPORT);
  if (name !== "models") return rm(path, { recursive: true, force: true });

  for (const folder of foldersIn(path)) await removeOwn(folder, OF_MODEL);
  await removeOwn(path, new Set());
}

/** Of a folder itself: never through a link. */
function foldersIn(path: string): string[] {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];

  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name));
}

/** The setting as it stands, whatever is wrong with others. */
function setting(
  wanted: "out" | "store",
  flags: Flags,
  environment: Context["environment"],
): string | null {
  const origins = originsOf(flags, environment);
  return origins.find(({ name }) => name === wanted)?.value ?? null;
}
