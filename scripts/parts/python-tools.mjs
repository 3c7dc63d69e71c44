// pytest, ruff and mypy in a virtual environment of their own, cached by the list of what they are.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.mjs";

const LIST = "test/python/requirements.txt";

/** `{python}`, or null where Python cannot make environments here; the reason is printed. */
export function pythonTools() {
  const key = createHash("sha256")
    .update(readFileSync(LIST))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheFolder(), `python-tools-${key}`);
  const python = join(folder, "bin/python");
  const stamp = join(folder, "complete");
  if (existsSync(stamp)) return { python };
  console.log(
    "model-to-edge: making an environment for pytest, ruff and mypy (about 20 s)",
  );
  const steps = [
    ["python3", ["-m", "venv", "--clear", folder]],
    [
      python,
      ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", LIST],
    ],
    ["touch", [stamp]],
  ];
  for (const [command, args] of steps) {
    if (spawnSync(command, args, { stdio: "inherit" }).status === 0) continue;
    console.log(
      `model-to-edge: ${command} ${args.join(" ")} failed: Python's tests cannot run`,
    );
    return null;
  }
  return { python };
}
