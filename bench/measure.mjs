// Measuring processes side by side: interleaved, so that a busy machine is unfair to nobody.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
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
  const { status, stdout, stderr } = spawnSync(command, words, {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  const took = (performance.now() - start) / 1000;
  if (status !== expect)
    throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  return took;
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Does a case take about the same each time? Else the machine is busy, and a number means nothing. */
export function isStable(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))];
  return at(0.9) <= 1.5 * at(0.1);
}

/**
 * Prints rows `{what, value, budget, ok}` as a table and writes them as JSON. A broken budget makes the exit code 1,
 * unless the measurement is not `stable`, which is said instead.
 */
export function report(title, rows, file, stable) {
  const says = (ok) =>
    ok === undefined ? "" : ok ? "ok" : stable ? "OVER" : "unstable";
  const cells = rows.map(({ what, value, budget, ok }) => [
    what,
    value,
    budget ?? "",
    says(ok),
  ]);
  const table = [["what", "value", "budget", ""], ...cells];
  const widths = table[0].map((_, i) =>
    Math.max(...table.map((row) => row[i].length)),
  );
  console.log(
    `${title} (Node ${process.versions.node}, ${cpus().length} CPUs, load ${loadavg()[0].toFixed(1)})`,
  );
  for (const row of table)
    console.log(
      `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd(),
    );
  if (!stable)
    console.log(
      "  unstable: the machine does other work, measure again when it is quiet",
    );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ title, node: process.versions.node, stable, rows }, null, 2)}\n`,
  );
  console.log(`  written: ${file}`);
  if (stable && rows.some(({ ok }) => ok === false)) process.exitCode = 1;
}
