import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

/** What a program needs to start, and what it asks about the machine; more for a GPU. */
export interface SystemPaths {
  system: string[];
  gpu: string[];
}

/** The list that the programs of the levels read, too; null where it is not there. */
export async function systemPaths(
  ctx: Pick<Context, "root">,
): Promise<SystemPaths | null> {
  const file = join(sandboxFolder(ctx), "system.json");
  const text = await readFile(file, "utf8").catch(() => null);

  return text === null ? null : (JSON.parse(text) as SystemPaths);
}
