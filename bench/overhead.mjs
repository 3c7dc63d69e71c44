// The runner's own time around one engine process: a whole run less the engine alone. Usage: node bench/overhead.mjs [OUT.json]
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { wordsOf } from "../scripts/parts/words.mjs";
import { isStable, median, report, sideBySide } from "./measure.mjs";

const [file = "model-to-edge-out/bench/overhead.json"] = wordsOf().positionals;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const BUDGET = 1.0;
const root = fileURLToPath(new URL("..", import.meta.url));
const toy = join(root, "test/fixtures/engines/toy");
const work = mkdtempSync(join(tmpdir(), "model-to-edge-bench-"));
const [store, out, alone] = ["store", "out", "alone"].map((name) =>
  join(work, name),
);
const model = join(root, "test/fixtures/consumer/store/main/model/scale");

function freshStore() {
  for (const folder of [store, out, alone])
    rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, "test/fixtures/consumer/store"), store, {
    recursive: true,
  });
}

/** The request that the runner would write for this model. */
function engineRequest() {
  const request = {
    protocol: 1,
    model: {
      name: "scale",
      dir: model,
      files: [
        { role: "config", path: "model.json" },
        { role: "checkpoint", path: "scale.weights" },
      ],
    },
    options: {},
    allow: { missing: [], unexpected: [] },
    device: "cpu",
    samples: [],
    classes: null,
    seed: 0,
    references: { random: 3, fp64: true, shapes: {} },
    metadata: {},
    output_dir: alone,
  };
  const file = join(work, "request.json");
  writeFileSync(file, JSON.stringify(request));
  return file;
}

const run = [
  "run",
  "--store",
  pathToFileURL(store).href,
  "--model-branch",
  "main",
  "--engine",
  "toy",
  "--out",
  out,
];
const env = { MODEL_TO_EDGE_ENGINES: toy };
try {
  const seconds = sideBySide(
    [
      {
        name: "engine alone",
        command: "python3",
        words: [join(toy, "convert.py"), engineRequest()],
        before: freshStore,
      },
      {
        name: "whole run",
        command: process.execPath,
        words: [join(root, "dist/cli.js"), ...run],
        env,
        before: freshStore,
      },
      {
        name: "unchanged run",
        command: process.execPath,
        words: [join(root, "dist/cli.js"), ...run],
        env,
      },
    ],
    ROUNDS,
  );
  const [engine, whole, unchanged] = [
    "engine alone",
    "whole run",
    "unchanged run",
  ].map((name) => median(seconds[name]));
  const own = whole - engine;
  const shown = (value) => `${value.toFixed(2)} s`;
  const rows = [
    { what: "engine alone", value: shown(engine) },
    {
      what: "whole run: plan, convert, validate, publish, report",
      value: shown(whole),
    },
    {
      what: "the runner's own part",
      value: shown(own),
      seconds: own,
      budget: `<= ${shown(BUDGET)}`,
      ok: own <= BUDGET,
    },
    { what: "the same again, unchanged", value: shown(unchanged) },
  ];
  report(
    `Overhead, toy engine, file store, median of ${ROUNDS}`,
    rows,
    file,
    isStable(seconds["engine alone"]),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
