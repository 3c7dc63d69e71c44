import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * The path that a script of `scripts/parts/` prints, or null with the reason printed: the part cannot be had here.
 * Throws instead where MODEL_TO_EDGE_TEST_REAL=required.
 */
export function realPart(script: string): string | null {
  const file = fileURLToPath(
    new URL(`../../scripts/parts/${script}`, import.meta.url),
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
  });
  if (status === 0) return stdout.trim();
  const reason = stderr.trim().split("\n").at(-1);
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(`${script}: ${reason}`);
  console.log(`skipped, needs ${script}: ${reason}`);
  return null;
}
