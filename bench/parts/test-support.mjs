// The tests' writers of ONNX and safetensors files are TypeScript, which Node 20 does not run: bundled in memory.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The module `test/support/<name>.ts`. */
export function testSupport(name) {
  return typescript(`test/support/${name}.ts`);
}

/** The module at a path of this repository. */
export async function typescript(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    plugins: [outside],
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
}

/** Scripts find their neighbours by their own address: they stay where they are. */
const outside = {
  name: "scripts-stay-outside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/scripts\/.*\.mjs$/ }, ({ path, resolveDir }) => ({
      path: pathToFileURL(join(resolveDir, path)).href,
      external: true,
    })),
};
