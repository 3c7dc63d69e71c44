// Which files of a checkout a command loads: that grows with what is imported at start, and is the same on any machine.
import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `{bytes, files}` of the code that `node WORDS` loads, Node's own left out. Throws where it does not end with 0. */
export function loadedCode(words, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-loaded-"));
  try {
    const { status, stderr } = spawnSync(process.execPath, words, {
      env: { ...process.env, ...env, NODE_V8_COVERAGE: folder },
      encoding: "utf8",
    });
    if (status !== 0)
      throw new Error(`${words[0]} ended with ${status}: ${stderr}`);

    const files = new Set(
      readdirSync(folder).flatMap((name) => scriptsIn(join(folder, name))),
    );
    const bytes = [...files].reduce(
      (sum, file) => sum + statSync(file).size,
      0,
    );

    return { bytes, files: [...files].sort() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** V8 names all that it compiled. */
function scriptsIn(report) {
  const { result } = JSON.parse(readFileSync(report, "utf8"));

  return result
    .filter(({ url }) => url.startsWith("file:"))
    .map(({ url }) => fileURLToPath(url));
}
