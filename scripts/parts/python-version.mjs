// Before `npm ci`, with nothing but Node: is there a Python that an engine can be installed with?
// src/engine/python-version.ts chooses by the same rule; a test keeps both equal.
import { spawnSync } from "node:child_process";

export const PYTHON_VERSIONS = ["3.11", "3.12"];

/** Why no engine can be installed with what is here, in two lines; null where one can, or where Python is yet to come. */
export function pythonProblem(env = process.env) {
  const named = env.MODEL_TO_EDGE_PYTHON;
  const names = named
    ? [named]
    : [
        "python3",
        "/usr/bin/python3",
        ...PYTHON_VERSIONS.map((each) => `python${each}`),
      ];
  const found = names
    .map((name) => ({ name, version: versionOf(name, env) }))
    .filter(({ version }) => version !== null);

  if (named && found.length === 0)
    return problem(`${named} does not run as Python`);
  if (found.length === 0 || found.some(({ version }) => isTaken(version)))
    return null;

  return problem(`${found[0].name} is Python ${found[0].version}`);
}

function isTaken(version) {
  return PYTHON_VERSIONS.some((each) => version.startsWith(`${each}.`));
}

function versionOf(name, env) {
  const code = "import platform; print(platform.python_version())";
  const { status, stdout } = spawnSync(name, ["-I", "-c", code], {
    encoding: "utf8",
    env,
  });
  return status === 0 ? stdout.trim() : null;
}

function problem(what) {
  return (
    `error: ${what}; the engines need Python ${PYTHON_VERSIONS.join(" or ")}\n` +
    "hint: install one of them beside it, and name it: MODEL_TO_EDGE_PYTHON=/usr/bin/python3.11"
  );
}
