import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
  // One for all files of a run of the tests, whose TMPDIR is removed in the end.
  const kept = join(tmpdir(), `trained-${kind}-${steps}`);
  if (!existsSync(kept)) {
    const made = join(mkdtempSync(`${kept}-`), "model");
    const script = resolve("test/fixtures/mmdeploy/tiny_model.py");
    const words = [script, kind, made, "--steps", String(steps)];
    execFileSync(python, ["-W", "ignore", ...words], { stdio: "pipe" });
    try {
      renameSync(made, kept);
    } catch (error) {
      // Another file's tests trained it meanwhile: theirs is taken.
      if (!existsSync(kept)) throw error;
    }
  }
  cpSync(kept, folder, { recursive: true });
}

/** Copies of a model folder in `folder`, each broken in one way: a row of test/fixtures/mmdeploy/outcomes.json. */
export function breakModel(
  python: string,
  model: string,
  folder: string,
  rows: string[],
): void {
  mkdirSync(folder, { recursive: true });
  execFileSync(
    python,
    [
      "-W",
      "ignore",
      resolve("test/fixtures/mmdeploy/break_model.py"),
      model,
      folder,
      ...rows,
    ],
    {
      stdio: "pipe",
    },
  );
}
