// Validation of a model of ResNet-50's size beside ONNX Runtime's own load and run on the same cases: time and memory.
// Usage: node bench/validate.mjs [OUT.json]; after npm run build. Linux only.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { isStable, median, report } from "./measure.mjs";
import { FEATURES, resnet50 } from "./parts/resnet50.mjs";
import { testSupport } from "./parts/test-support.mjs";
import { measured } from "./parts/watch-process.mjs";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const BUDGET = { time: 2, memory: 1.5 };
/** Batches of the references, as an engine writes them: 8 rows. */
const BATCHES = [4, 3, 1];
const ROW = [3, 224, 224];
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const bare = fileURLToPath(
  new URL("parts/bare-onnxruntime.mjs", import.meta.url),
);
const work = mkdtempSync(join(tmpdir(), "model-to-edge-bench-"));

try {
  const [model, cases, data] = await makeFolder();
  const validate = ["validate", join(work, "net")];
  const runs = { bare: [], validate: [] };
  for (let round = -1; round < ROUNDS; round++) {
    const one = await measured(process.execPath, [bare, model, cases, data]);
    const other = await measured(process.execPath, [cli, ...validate]);
    // The first round warms the caches.
    if (round < 0) continue;
    runs.bare.push(one);
    runs.validate.push(other);
  }
  say(runs);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The model's folder; the source's own numbers are ONNX Runtime's without optimisation, with the noise of fp32. */
async function makeFolder() {
  const { safetensors } = await testSupport("references-writer");
  const { random } = await testSupport("random");
  const rng = random(7);
  const model = join(work, "net", "end2end.onnx");
  mkdirSync(join(work, "net"));
  writeFileSync(model, await resnet50());
  const shown = new Uint8Array(await resnet50(true));
  const session = await InferenceSession.create(shown, {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
  });
  const tensors = {};
  const metadata = {};
  for (const [index, batch] of BATCHES.entries()) {
    const [name, dims] = [`random-${index}`, [batch, ...ROW]];
    const input = Float32Array.from({ length: batch * 3 * 224 * 224 }, () =>
      rng.normal(),
    );
    const outputs = await session.run({
      input: new Tensor("float32", input, dims),
    });
    const exact = ({ data }) => {
      const scale = data.reduce(
        (most, value) => Math.max(most, Math.abs(value)),
        0,
      );
      return Array.from(data, (value) => value + rng.normal() * scale * 3e-7);
    };
    metadata[`${name}/kind`] = "random";
    tensors[`${name}/in/input`] = { dtype: "F32", shape: dims, values: input };
    for (const [output, { data, dims: shape }] of Object.entries(outputs)) {
      const part = output === FEATURES ? "aux/" : "";
      tensors[`${name}/${part}fp32/${output}`] = {
        dtype: "F32",
        shape,
        values: data,
      };
      tensors[`${name}/${part}fp64/${output}`] = {
        dtype: "F64",
        shape,
        values: exact(outputs[output]),
      };
    }
  }
  metadata[`inner/${FEATURES}`] = "source";
  const bytes = safetensors(tensors, metadata);
  writeFileSync(join(work, "net", "references.safetensors"), bytes);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const list = Object.entries(header).flatMap(
    ([name, { shape, data_offsets: place }]) =>
      name.includes("/in/")
        ? [{ name: "input", dims: shape, offset: 8 + length + place[0] }]
        : [],
  );
  writeFileSync(join(work, "cases.json"), JSON.stringify(list));
  return [
    model,
    join(work, "cases.json"),
    join(work, "net", "references.safetensors"),
  ];
}

function say({ bare, validate }) {
  const of = (runs, key) => runs.map((run) => run[key]);
  const seconds = (values) =>
    `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  const mega = (values) => `${(median(values) / 1e6).toFixed(0)} MB`;
  const row = (what, values, shown) => ({ what, value: shown(values), values });
  const ratio = (what, [one, other], most) => {
    const times = median(other) / median(one);
    return {
      what,
      value: `${times.toFixed(2)} x`,
      ratio: times,
      budget: `<= ${most} x`,
      ok: times <= most,
    };
  };
  const [alone, whole] = [of(bare, "seconds"), of(validate, "seconds")];
  const [aloneCpu, wholeCpu] = [of(bare, "cpu"), of(validate, "cpu")];
  const [aloneMemory, workerMemory] = [
    of(bare, "own"),
    of(validate, "children"),
  ];
  const rows = [
    row("ONNX Runtime alone: start, load, run 8 rows", alone, seconds),
    row("validate FOLDER, all of it", whole, seconds),
    ratio("time", [alone, whole], BUDGET.time),
    row("processor time of ONNX Runtime alone", aloneCpu, seconds),
    row("processor time of validate FOLDER", wholeCpu, seconds),
    ratio("processor time", [aloneCpu, wholeCpu], BUDGET.time),
    row("memory of ONNX Runtime alone", aloneMemory, mega),
    row("memory of the validation's worker", workerMemory, mega),
    row("memory of its parent", of(validate, "own"), mega),
    ratio("memory", [aloneMemory, workerMemory], BUDGET.memory),
  ];
  report(
    `Validation, ResNet-50, batches of ${BATCHES.join(" + ")}, median of ${ROUNDS}`,
    rows,
    process.argv[2] ?? "model-to-edge-out/bench/validate.json",
    isStable(alone) && isStable(whole),
  );
}
