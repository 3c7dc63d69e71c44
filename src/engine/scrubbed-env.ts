import { join } from "node:path";
import type { Context } from "../context.ts";

/** Where `edge_engine` is, which every engine imports, wherever its own folder lies. */
export function sharedPython(root: string): string {
  return join(root, "components/_shared");
}

/** The whole environment of an engine's process: an allowlist, folders of its own, and what makes it repeatable. */
export function scrubbedEnv(
  { environment: { forEngine }, root }: Pick<Context, "environment" | "root">,
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
    PYTHONPATH: sharedPython(root),
    PYTHONUNBUFFERED: "1",
  };
}
