// What validation is measured against: ONNX Runtime loads a model and runs the cases, and nothing else. As validation, it is a process that starts one for ONNX Runtime.
// Usage: node bare-onnxruntime.mjs MODEL CASES.json DATA; CASES.json is what model-cases.mjs lists.
import { spawnSync } from "node:child_process";
import { openSync, readFileSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";

const words = process.argv.slice(2);
if (words[0] === "--child") await loadAndRun(words.slice(1));
else startChild();

function startChild() {
  const file = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [file, "--child", ...words], {
    stdio: "inherit",
  });
  process.exitCode = child.status ?? 70;
}

async function loadAndRun([model, cases, data]) {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });

  const file = openSync(data, "r");
  for (const inputs of JSON.parse(readFileSync(cases, "utf8"))) {
    const feeds = {};
    for (const { name, dtype, array, dims, offset, length } of inputs) {
      const bytes = new ArrayBuffer(length);
      readSync(file, new Uint8Array(bytes), { position: offset });
      feeds[name] = new Tensor(dtype, new globalThis[array](bytes), dims);
    }

    await session.run(feeds);
  }
}
