// Validation of models beside ONNX Runtime's own load and run of the same cases, in turns: time, processor time, memory.
// Usage: node bench/validate.mjs [--zoo] [--rounds N] [--phases] [--out OUT.json] [FOLDER…]; after npm run build. Linux only.
// Without folders: a ResNet-50, and those of a few small networks of docs/models.md that `npm run test:zoo -- NAME` has made;
// with --zoo all networks of that page, which are converted first where they are not there: an hour and more.
// --phases also prints where the time of one more run of each goes.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wordsOf } from "../scripts/parts/words.mjs";
import { isStable, median, report } from "./measure.mjs";
import { modelCases } from "./parts/model-cases.mjs";
import { phasesOf } from "./parts/phases.mjs";
import { resnet50Folder } from "./parts/resnet50-folder.mjs";
import { measured } from "./parts/watch-process.mjs";
import { makeZoo, zooFolder, zooNames } from "./parts/zoo-folders.mjs";

const BUDGET = { time: 1.5, memory: 1.5 };
const SMALL = ["resnet-18", "rtmdet-tiny", "fcn"];
const { values: flags, positionals } = wordsOf({
  zoo: { type: "boolean" },
  rounds: { type: "string" },
  phases: { type: "boolean" },
  out: { type: "string" },
});
const rounds = Number(flags.rounds ?? process.env.BENCH_ROUNDS ?? 5);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const [cli, bare] = [
  file("../dist/cli.js"),
  file("parts/bare-onnxruntime.mjs"),
];
const work = mkdtempSync(join(tmpdir(), "model-to-edge-bench-"));

try {
  const [results, rows] = [[], []];
  for (const model of await models()) {
    const found = await sideBySide(model);
    results.push(found);
    rows.push(...rowsOf(found));
  }

  report(
    `Validation beside ONNX Runtime alone with one thread, median of ${rounds}`,
    rows,
    flags.out ?? "model-to-edge-out/bench/validate.json",
    results.every(({ alone, whole }) =>
      [alone, whole].every((runs) => isStable(of(runs, "seconds"))),
    ),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** `[{name, folder, evidence}]`; evidence is the folder of the references. */
async function models() {
  if (positionals.length > 0) return positionals.map(given);

  const names = flags.zoo ? zooNames() : SMALL;
  if (flags.zoo) makeZoo(names);
  const folder = join(work, "resnet-50");
  await resnet50Folder(folder);
  const made = names.map((name) => ({ name, found: zooFolder(name) }));
  for (const { name, found } of made)
    if (!found)
      console.log(`${name} is not made: npm run test:zoo -- ${name} does it`);

  return [
    { name: "resnet-50", folder, evidence: folder },
    ...made.flatMap(({ found }) => found ?? []),
  ];
}

/** A folder as `run` leaves it below `models/`, or a model with its references beside it. */
function given(path) {
  const [folder, name] = [resolve(path), basename(resolve(path))];
  const [files, evidence] = [join(folder, "files"), join(folder, "evidence")];
  return existsSync(files)
    ? { name, folder: files, evidence }
    : { name, folder, evidence: folder };
}

/** Runs of both in turns; the first round warms the caches. */
async function sideBySide({ name, folder, evidence }) {
  const data = join(evidence, "references.safetensors");
  const cases = join(work, `${name}.json`);
  writeFileSync(cases, JSON.stringify(modelCases(data)));
  const words = {
    alone: [bare, join(folder, "end2end.onnx"), cases, data],
    whole: [cli, "validate", folder, "--evidence", evidence],
  };
  const runs = { alone: [], whole: [] };
  for (let round = -1; round < rounds; round++)
    for (const side of ["alone", "whole"]) {
      const took = await measured(process.execPath, words[side]);
      if (round >= 0) runs[side].push(took);
    }

  if (flags.phases) printPhases(name, words.whole);

  return { name, ...runs };
}

function printPhases(name, words) {
  console.log(`${name}: where the time of one run goes`);
  for (const [phase, value] of phasesOf(words, join(work, "phases.json")))
    console.log(
      `  ${phase.padEnd(50)} ${phase === "runs" ? value : `${value} ms`}`,
    );
}

function rowsOf({ name, alone, whole }) {
  const row = (what, key, unit, most) => {
    const [one, other] = [median(of(alone, key)), median(of(whole, key))];
    const ratio = other / one;
    return {
      ...{ what: `${name}: ${what}`, ratio, alone: one, whole: other },
      value: `${unit(one)} alone, ${unit(other)} validation: ${ratio.toFixed(2)} x`,
      ...(most ? { budget: `<= ${most} x`, ok: ratio <= most } : {}),
    };
  };
  const seconds = (value) => `${value.toFixed(2)} s`;
  const mega = (value) => `${(value / 1e6).toFixed(0)} MB`;
  return [
    row("time", "seconds", seconds, BUDGET.time),
    row("processor time", "cpu", seconds),
    row("memory", "children", mega, name === "resnet-50" && BUDGET.memory),
  ];
}

function of(runs, key) {
  return runs.map((run) => run[key]);
}
