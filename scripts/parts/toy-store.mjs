// A folder store with one model of the toy engine, as it was before any run.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Calls `work` with the words of a run, its environment, and `reset`, which puts the store back. */
export async function withToyStore(work) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-toy-"));
  const [store, out] = ["store", "out"].map((name) => join(folder, name));
  const reset = () => {
    for (const place of [store, out])
      rmSync(place, { recursive: true, force: true });
    cpSync(join(root, "test/fixtures/consumer/store"), store, {
      recursive: true,
    });
  };

  try {
    reset();
    await work({
      reset,
      run: [
        ...["run", "--store", pathToFileURL(store).href],
        ...["--model-branch", "main", "--engine", "toy", "--out", out],
      ],
      env: { MODEL_TO_EDGE_ENGINES: join(root, "test/fixtures/engines/toy") },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
