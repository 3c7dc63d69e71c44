// Bundles the command line and the validation's child into dist/.
import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { writeCheckLists } from "./parts/check-lists.mjs";

await rm("dist", { recursive: true, force: true });
await build({
  entryPoints: ["src/cli.ts", "src/worker.ts"],
  outdir: "dist",
  bundle: true,
  // Split, so that `--help` does not parse the S3 client.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  external: ["onnxruntime-node"],
  // CommonJS dependencies call require() inside the ESM bundle.
  banner: {
    js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
  },
  logLevel: "warning",
});
await writeCheckLists(".");
// Parsing the options costs more than all of Node's start: what --help says is written once, here.
await writeFile(
  "dist/help.txt",
  execFileSync(process.execPath, ["dist/cli.js", "--help"]),
);
