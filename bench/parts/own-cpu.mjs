// Processor time as the process itself knows it, its children left out: exact, and fair also where the machine is busy.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SAY = fileURLToPath(new URL("say-cpu.cjs", import.meta.url));

/** Seconds of `node WORDS`. Throws where it does not end with 0. */
export function ownCpu(words, env = {}) {
  const { status, output, stderr } = spawnSync(
    process.execPath,
    ["--require", SAY, ...words],
    {
      env: { ...process.env, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  if (status !== 0)
    throw new Error(`${words[0]} ended with ${status}: ${stderr}`);

  return Number(output[3]);
}
