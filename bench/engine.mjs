// The engine mmdeploy beside MMDeploy's bare export of the same model: time, processor time, memory; in turns.
// Usage: node bench/engine.mjs [all|MODEL,MODEL…] [OUT.json]; after npm run build, with the engine installed. Linux only.
// BENCH_ROUNDS: rounds that count (3). Without a model: three of them, about five minutes on two calm cores.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuse, wordsOf } from "../scripts/parts/words.mjs";
import { isStable, median, report } from "./measure.mjs";
import {
  enginePython,
  makeModel,
  runBare,
  runEngine,
} from "./parts/engine-process.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const ONE_STAGE = { times: 1.5, seconds: 1 };
const TWO_STAGES = { times: 3, seconds: 0 };
/** Rows of test/zoo/models.json, with the deployment configuration that the engine takes for each. */
const MODELS = {
  "resnet-18": ["classification_onnxruntime_dynamic.py", ONE_STAGE],
  "rtmdet-tiny": ["detection_onnxruntime_dynamic.py", ONE_STAGE],
  fcn: ["segmentation_onnxruntime_dynamic.py", ONE_STAGE],
  retinanet: ["detection_onnxruntime_dynamic.py", ONE_STAGE],
  "mask-rcnn": ["instance_onnxruntime_dynamic.py", TWO_STAGES],
};
const USUAL = ["resnet-18", "rtmdet-tiny", "fcn"];

const [wanted, file = "model-to-edge-out/bench/engine.json"] =
  wordsOf().positionals;
const names = chosen(wanted);
const python = enginePython();
const work = mkdtempSync(join(tmpdir(), "model-to-edge-bench-"));
const [rows, bares] = [[], []];

try {
  for (const name of names) {
    const { bare, engine } = await measureModel(name);
    bares.push(bare.map(({ seconds }) => seconds));
    rows.push(...rowsOf(name, bare, engine));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

report(
  `The engine mmdeploy beside MMDeploy's bare export, median of ${ROUNDS}`,
  rows,
  file,
  bares.every(isStable),
);

function chosen(words) {
  if (words === undefined) return USUAL;
  const names = words === "all" ? Object.keys(MODELS) : words.split(",");
  const unknown = names.filter((name) => !(name in MODELS));
  if (unknown.length > 0)
    refuse(
      `no model ${unknown.join(", ")}: there are ${Object.keys(MODELS).join(", ")}`,
    );

  return names;
}

async function measureModel(name) {
  const folder = join(work, name);
  makeModel(python, name, folder);

  const place = { deploy: MODELS[name][0], folder };
  const runs = { bare: [], engine: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const bare = await runBare(python, { ...place, work: join(work, "bare") });
    const own = { ...place, work: join(work, "engine") };
    const engine = await runEngine(python, own);
    // The first round warms the caches.
    if (round < 0) continue;
    runs.bare.push(bare);
    runs.engine.push(engine);
  }

  return runs;
}

function rowsOf(name, bare, engine) {
  const of = (runs, key) => median(runs.map((run) => run[key]));
  const numbers = (runs) => ({
    seconds: of(runs, "seconds"),
    cpu: of(runs, "cpu"),
    memory: of(runs, "own"),
  });
  const shown = ({ seconds, cpu, memory }) =>
    `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of the processor, ${(memory / 2 ** 20).toFixed(0)} MiB`;

  const [alone, own] = [numbers(bare), numbers(engine)];
  const { times, seconds } = MODELS[name][1];
  const most = times * alone.seconds + seconds;
  const ratio = own.seconds / alone.seconds;

  return [
    { what: `${name}: bare export`, value: shown(alone), ...alone },
    {
      what: `${name}: the engine`,
      value: `${shown(own)}; ${ratio.toFixed(2)} x, ${(own.cpu / alone.cpu).toFixed(2)} x of the processor`,
      ...{ ...own, ratio, cpuRatio: own.cpu / alone.cpu },
      budget: `<= ${times} x${seconds > 0 ? ` + ${seconds} s` : ""} = ${most.toFixed(1)} s`,
      ok: own.seconds <= most,
    },
  ];
}
