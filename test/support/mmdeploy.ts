import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CLI } from "./command-line.ts";

/**
 * Interpreter of the real engine, or null with the reason printed; throws where MODEL_TO_EDGE_TEST_REAL=required.
 * Use: `const python = realMmdeploy(); describe.skipIf(!python)(…)`.
 */
export function realMmdeploy(): string | null {
  const given = process.env.MODEL_TO_EDGE_ENGINE_PYTHON_MMDEPLOY;
  if (given) return given;
  const listed = execFileSync(
    process.execPath,
    [CLI, "engine", "list", "--json"],
    { encoding: "utf8" },
  );
  const engines = JSON.parse(listed) as {
    name: string;
    python: string | null;
  }[];
  const python =
    engines.find(({ name }) => name === "mmdeploy")?.python ?? null;
  if (python !== null) return python;
  const reason =
    "the engine mmdeploy is not installed: node dist/cli.js engine install mmdeploy";
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reason);
  console.log(`skipped: ${reason}`);
  return null;
}

/** A tiny real model folder, trained for a moment on drawn pictures; what it can is not left to chance: tiny_model.py. */
export function trainModel(
  python: string,
  kind: "cls" | "det" | "seg",
  folder: string,
  steps: number,
): void {
  mkdirSync(dirname(folder), { recursive: true });
  const script = resolve("test/fixtures/mmdeploy/tiny_model.py");
  execFileSync(
    python,
    ["-W", "ignore", script, kind, folder, "--steps", String(steps)],
    { stdio: "pipe" },
  );
}

/** A copy of a model folder, broken in one way; the rows stand in test/fixtures/mmdeploy/outcomes.json. */
export function breakModel(
  python: string,
  model: string,
  folder: string,
  row: string,
): void {
  mkdirSync(dirname(folder), { recursive: true });
  execFileSync(
    python,
    [
      "-W",
      "ignore",
      resolve("test/fixtures/mmdeploy/break_model.py"),
      model,
      folder,
      row,
    ],
    {
      stdio: "pipe",
    },
  );
}
