// What validation is measured against: ONNX Runtime loads a model and runs the cases, and nothing else.
// Usage: node bare-onnxruntime.mjs MODEL CASES.json DATA; prints its seconds.
import { openSync, readFileSync, readSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [model, cases, data] = process.argv.slice(2);
const start = performance.now();
const session = await InferenceSession.create(model, {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
});
const file = openSync(data, "r");
for (const { name, dims, offset } of JSON.parse(readFileSync(cases, "utf8"))) {
  const values = new Float32Array(
    dims.reduce((product, dim) => product * dim, 1),
  );
  readSync(file, values, { position: offset });
  await session.run({ [name]: new Tensor("float32", values, dims) });
}
console.log(((performance.now() - start) / 1000).toFixed(3));
