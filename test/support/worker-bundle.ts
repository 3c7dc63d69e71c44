import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles the validation's child process from source, inside node_modules, so that onnxruntime-node is found. */
export async function bundleWorker(): Promise<string> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const outdir = `${root}node_modules/.cache/model-to-edge-worker-${process.pid}`;
  await build({
    entryPoints: [`${root}src/worker.ts`],
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["onnxruntime-node"],
    outExtension: { ".js": ".mjs" },
    logLevel: "error",
  });
  return `${outdir}/worker.mjs`;
}
