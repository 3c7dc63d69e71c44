import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** Converts models of test/fixtures/ENGINE in one process; the output of row NAME lies in FOLDER/NAME/out. */
export function convertRows(
  engine: string,
  python: string,
  folder: string,
  rows: readonly object[],
): void {
  const script = resolve(`test/fixtures/${engine}/convert_rows.py`);
  const args = ["-W", "ignore", script, resolve("."), folder];
  execFileSync(python, [...args, JSON.stringify(rows)], {
    env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONHASHSEED: "0" },
    stdio: "pipe",
  });
}
