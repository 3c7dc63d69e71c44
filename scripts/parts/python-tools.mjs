// Python's own tools for the tests, each list in a virtual environment of its own, cached by what it lists.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.mjs";

/** pytest, ruff and mypy: `{python}`, or null where Python cannot make environments here; the reason is printed. */
export function pythonTools() {
  return environmentOf("python-tools", "test/python/requirements.txt");
}

/** OpenSSF's model-signing, in the same way; without `build` only what is there. */
export function modelSigning({ build = true } = {}) {
  return environmentOf("model-signing", "test/real/model-signing.txt", build);
}

/** moto's S3 server, in the same way. */
export function s3Server({ build = true } = {}) {
  return environmentOf("s3-server", "test/real/s3-server.txt", build);
}

/** MLflow's server and client, in the same way; 850 MB. */
export function mlflow({ build = true } = {}) {
  return environmentOf("mlflow", "test/real/mlflow.txt", build);
}

/** flytekit's ONNX plugins, in the same way, to be found beside an engine's own packages. */
export function flyte({ build = true } = {}) {
  return environmentOf("flyte", "test/real/flyte.txt", build, ["--no-deps"]);
}

function environmentOf(name, list, build = true, more = []) {
  const key = createHash("sha256")
    .update(readFileSync(list))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheFolder(), `${name}-${key}`);
  const python = join(folder, "bin/python");
  const stamp = join(folder, "complete");
  if (existsSync(stamp)) return { python };
  if (!build) return null;
  console.log(`model-to-edge: making an environment of ${list} (about 20 s)`);
  const steps = [
    ["python3", ["-m", "venv", "--clear", folder]],
    [
      python,
      [
        ...["-m", "pip", "install", "-q", "--disable-pip-version-check"],
        ...["--require-hashes", ...more, "-r", list],
      ],
    ],
    ["touch", [stamp]],
  ];
  for (const [command, args] of steps) {
    if (spawnSync(command, args, { stdio: "inherit" }).status === 0) continue;
    console.log(
      `model-to-edge: ${command} ${args.join(" ")} failed: ${name} cannot run`,
    );
    return null;
  }
  return { python };
}
