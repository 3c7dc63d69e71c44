import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { enginePython } from "./engine-python.ts";

/** See `enginePython`. */
export function realMmdeploy(): string | null {
  return enginePython("mmdeploy");
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
