// The servers of the tests, for a script: their TypeScript is bundled first, as Node 20 reads none.
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/**
 * A fresh lakeFS with the repository `vision`, and a stand-in for GitLab. `root`: the checkout; `work`: a folder in it.
 * Throws where there is no lakeFS server and none can be built.
 */
export async function startServers(root, work) {
  const parts = await load(root, work, "test/support/lakefs-server.ts");
  // biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
  const { ensureLakefs } = await import("../parts/lakefs.mjs");
  const lakefs = await parts.startLakefs(await ensureLakefs());
  await lakefs.call("POST", "/repositories", {
    name: "vision",
    storage_namespace: "local://vision",
    default_branch: "main",
  });
  const { startFakeGitlab } = await load(
    root,
    work,
    "test/support/fake-gitlab.ts",
  );
  const gitlab = await startFakeGitlab();

  return {
    lakefs,
    gitlab,
    stop: () => Promise.all([lakefs.stop(), gitlab.close()]),
  };
}

/** Exports of a module in TypeScript. */
async function load(root, work, file) {
  const outfile = resolve(work, `${file.replaceAll("/", "-")}.mjs`);
  await build({
    entryPoints: [resolve(root, file)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "warning",
    plugins: [scriptsStayOutside],
  });
  return import(pathToFileURL(outfile).href);
}

/** Scripts find their files beside themselves. */
const scriptsStayOutside = {
  name: "scripts-stay-outside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\..*\.mjs$/ }, ({ path, importer }) => ({
      path: resolve(dirname(importer), path),
      external: true,
    })),
};
