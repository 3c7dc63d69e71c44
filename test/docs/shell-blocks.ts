import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Code blocks of a language in a page of docs/, in order. */
export function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, "docs", page), "utf8");
  const fence = new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\`$`, "gms");
  return [...text.matchAll(fence)].map(([, indent = "", code = ""]) =>
    code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/**
 * Runs lines as a reader would, in one shell in the repository; what they put
 * into /tmp lands in `folder`. Environment: what `env` adds to this one.
 */
export function runLines(
  lines: string,
  folder: string,
  env: Record<string, string> = {},
): { output: string; status: number | null } {
  const script = lines.replaceAll("/tmp/", `${folder}/`);
  const { stdout, stderr, status } = spawnSync("bash", ["-euo", "pipefail"], {
    cwd: ROOT,
    input: script,
    encoding: "utf8",
    env: {
      ...process.env,
      MODEL_TO_EDGE_OUT: join(folder, "out"),
      MODEL_TO_EDGE_CACHE: join(folder, "cache"),
      ...env,
    },
  });
  return { output: stdout + stderr, status };
}
