// Bundles the command line and the validation's child into dist/.
import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { writeCheckLists } from "./parts/check-lists.mjs";
import { writeValidators } from "./parts/validators.mjs";

const common = {
  outdir: "dist",
  bundle: true,
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
};

await rm("dist", { recursive: true, force: true });
// Split, so that `--help` does not parse the S3 client.
await build({
  ...common,
  entryPoints: ["src/main.ts", "src/worker.ts"],
  splitting: true,
});
// The entry needs no other file to say what it is that the machine does not open.
await build({
  ...common,
  entryPoints: ["src/cli.ts"],
  plugins: [
    {
      name: "main-stays-outside",
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/main\.ts$/ }, () => ({
          path: "./main.js",
          external: true,
        })),
    },
  ],
});
await writeCheckLists(".");
await writeValidators(".");
// Parsing the options costs more than all of Node's start: what --help says is written once, here.
await writeFile(
  "dist/help.txt",
  execFileSync(process.execPath, ["dist/cli.js", "--help"]),
);
