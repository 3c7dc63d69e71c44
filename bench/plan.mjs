// Plan and unchanged run of branches with many models. Usage: node bench/plan.mjs [COUNT,COUNT…] [OUT.json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "./measure.mjs";
import { fleetCommand, fleetEnv, makeFleet } from "./parts/fleet-branch.mjs";
import { measured } from "./parts/watch-process.mjs";

const counts = (process.argv[2] ?? "1000,10000").split(",").map(Number);
/** Seconds of the whole unchanged run. */
const BUDGET = new Map([
  [1000, 1.5],
  [10_000, 10],
]);

const rows = [];
const peaks = [];

for (const count of counts) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-fleet-"));
  try {
    await makeFleet(folder, count);
    for (const command of ["plan", "run"]) {
      const words = fleetCommand(folder, command);
      const { seconds, cpu, own, output } = await measured(
        process.execPath,
        words,
        fleetEnv,
      );
      if (!output.includes("unchanged"))
        throw new Error(`${command} of ${count} models:\n${output}`);

      const budget = command === "run" ? BUDGET.get(count) : undefined;
      if (command === "run") peaks.push([count, own]);
      rows.push({
        what: `${command}, ${count} models, nothing changed`,
        value: `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the processor, ${(own / 2 ** 20).toFixed(0)} MiB`,
        ...{ seconds, cpu, own },
        ...(budget && { budget: `<= ${budget} s`, ok: cpu <= budget }),
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

report(
  "Plan and unchanged run, toy engine, folder store",
  rows,
  process.argv[3] ?? "model-to-edge-out/bench/plan.json",
  true,
);
