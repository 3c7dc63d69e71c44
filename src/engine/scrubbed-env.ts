import { join } from "node:path";
import type { Context } from "../context.ts";

/** The whole environment of an engine's process: an allowlist, folders of its own, and what makes it repeatable. */
export function scrubbedEnv(
  { forEngine }: Context["environment"],
  workFolder: string,
): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...forEngine,
    HOME: join(workFolder, "home"),
    TMPDIR: join(workFolder, "tmp"),
    LANG: "C.UTF-8",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONHASHSEED: "0",
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
  };
}
