import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { originsOf } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { notWritable } from "../../document.ts";
import type { Flags } from "../command-io.ts";

/** What the steps of a run write below `--out`. */
export const OF_RUN = [
  ...["plan.json", "publication.json", "summary.json", "report", "models"],
];
/** What `land` writes there. */
export const OF_LAND = ["land.json", "report"];

/**
 * Removes what an earlier job wrote, where a runner keeps its folders: one that fails early would upload the other's
 * green reports as its own. Before anything can fail, so the setting is read by itself. Returns the output folder.
 */
export async function clearOutput(
  { cwd, environment }: Pick<Context, "cwd" | "environment">,
  flags: Flags,
  names: readonly string[],
): Promise<string> {
  const out = resolve(cwd, outputFolder(flags, environment));

  for (const name of names)
    await rm(join(out, name), { recursive: true, force: true }).catch(
      (error: unknown) => {
        throw notWritable(join(out, name), error);
      },
    );

  return out;
}

/** The setting as it stands, whatever is wrong with others. */
function outputFolder(
  flags: Flags,
  environment: Context["environment"],
): string {
  const origins = originsOf(flags, environment);
  return origins.find(({ name }) => name === "out")?.value ?? ".";
}
