// The tests' writers of ONNX and safetensors files are TypeScript, which Node 20 does not run: bundled in memory.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The module `test/support/<name>.ts`. */
export async function testSupport(name) {
  const { outputFiles } = await build({
    entryPoints: [
      fileURLToPath(new URL(`../../test/support/${name}.ts`, import.meta.url)),
    ],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
}
