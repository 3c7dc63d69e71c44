import { execFileSync } from "node:child_process";
import { CLI } from "./command-line.ts";

/**
 * Interpreter of a real engine, or null with the reason printed; throws where MODEL_TO_EDGE_TEST_REAL=required.
 * Use: `const python = enginePython("sklearn"); describe.skipIf(!python)(…)`.
 */
export function enginePython(name: string): string | null {
  const given =
    process.env[`MODEL_TO_EDGE_ENGINE_PYTHON_${name.toUpperCase()}`];
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
  const python = engines.find((engine) => engine.name === name)?.python ?? null;
  if (python !== null) return python;

  const reason = `the engine ${name} is not installed: node dist/cli.js engine install ${name}`;
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reason);
  console.log(`skipped: ${reason}`);

  return null;
}
