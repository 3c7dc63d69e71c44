// Measuring processes side by side: interleaved, so that a busy machine is unfair to nobody.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";

/** Seconds of each round, by the name of the case; a case is `{name, command, words, env, before, expect}`. */
export function sideBySide(cases, rounds) {
  const seconds = Object.fromEntries(cases.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++)
    for (const one of cases) {
      const took = timeOf(one);
      // The first round warms the caches.
      if (round >= 0) seconds[one.name].push(took);
    }
  return seconds;
}

function timeOf({ name, command, words, env, before, expect = 0 }) {
  before?.();
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, words, { env: { ...process.env, ...env }, encoding: "utf8" });
  const took = (performance.now() - start) / 1000;
  if (status !== expect) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  return took;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints rows `{what, value, budget, ok}` as a table, writes them as JSON, and fails where a budget is broken. */
export function report(title, rows, file) {
  const cells = rows.map(({ what, value, budget, ok }) => [
    what,
    value,
    budget ?? "",
    ok === undefined ? "" : ok ? "ok" : "OVER",
  ]);
  const table = [["what", "value", "budget", ""], ...cells];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  console.log(`${title} (Node ${process.versions.node}, ${cpus().length} CPUs)`);
  for (const row of table) console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd());
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ title, node: process.versions.node, rows }, null, 2)}\n`);
  console.log(`  written: ${file}`);
  if (rows.some(({ ok }) => ok === false)) process.exitCode = 1;
}
