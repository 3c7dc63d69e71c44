// A real lakeFS for a bench, with a bundle of our transfers; what was uploaded is removed from its disk after each round.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { ensureLakefs } from "../../scripts/parts/lakefs.mjs";
import { testSupport } from "./test-support.mjs";

/**
 * Starts it with its blocks in `work`. `fresh` makes a repository, `seed` one with a committed folder below a prefix, put
 * there as people do it, by lakectl; `forget` takes a repository's bytes from the disk. `program`: our transfers; `bare`:
 * those of Amazon's client alone.
 */
export async function benchServer(work) {
  const parts = await ensureLakefs({ build: true });
  const { startLakefs } = await testSupport("lakefs-server");
  const blocks = join(work, "blocks");
  const server = await startLakefs(parts, {
    LAKEFS_BLOCKSTORE_LOCAL_PATH: blocks,
  });

  return {
    ...{ server, lakectl: parts.lakectl },
    program: await bundle(work, "our-transfer"),
    bare: await bundle(work, "bare-client"),
    fresh: () => server.repository(),
    async seed(folder, prefix) {
      const name = await server.repository();
      execFileSync(
        parts.lakectl,
        [
          ...["fs", "upload", "-r", "--no-progress", "-s", `${folder}/`],
          `lakefs://${name}/main/${prefix}`,
        ],
        { env: { ...process.env, ...server.env }, stdio: "ignore" },
      );
      await server.call("POST", `/repositories/${name}/branches/main/commits`, {
        message: "seed",
      });
      return name;
    },
    forget: (name) =>
      rmSync(join(blocks, name), { recursive: true, force: true }),
    stop: () => server.stop(),
  };
}

/** As `scripts/build.mjs` does it: split, so that nothing is loaded before it is needed. */
async function bundle(work, name) {
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.mjs`, import.meta.url))],
    ...{ outdir: join(work, name), outExtension: { ".js": ".mjs" } },
    ...{ bundle: true, splitting: true, format: "esm", platform: "node" },
    ...{ target: "node20", mainFields: ["module", "main"] },
    banner: {
      js: 'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);',
    },
  });
  return join(work, name, `${name}.mjs`);
}
