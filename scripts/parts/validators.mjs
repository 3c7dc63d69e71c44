// The checks of our own schemas, as code: compiling one when it is needed takes longer than all else of a small run.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const ENDING = ".schema.json";
const NAMESPACE = "validator";

/**
 * Writes `dist/validators/<name>.js` for each `schemas/<name>.schema.json`: `validate(data)`, and `version`, the one that
 * the schema's documents have, or null.
 */
export async function writeValidators(root) {
  const files = await readdir(join(root, "schemas"));
  const names = files
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length));

  await build({
    entryPoints: names.map((name) => ({
      in: `${NAMESPACE}:${name}`,
      out: name,
    })),
    outdir: join(root, "dist/validators"),
    bundle: true,
    splitting: true,
    minifyWhitespace: true,
    format: "esm",
    platform: "node",
    target: "node20",
    plugins: [{ name: NAMESPACE, setup: (each) => compileIn(root, each) }],
    logLevel: "warning",
  });
}

function compileIn(root, { onResolve, onLoad }) {
  onResolve({ filter: new RegExp(`^${NAMESPACE}:`) }, ({ path }) => ({
    path: path.slice(NAMESPACE.length + 1),
    namespace: NAMESPACE,
  }));
  onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path: name }) => {
    const file = join(root, "schemas", name + ENDING);
    const contents = codeOf(JSON.parse(await readFile(file, "utf8")));

    return { contents, loader: "js", resolveDir: root };
  });
}

/** The same options as in src/schema-compiler.ts. */
function codeOf(schema) {
  const ajv = new Ajv2020({
    ...{ allErrors: true, allowUnionTypes: true },
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(["loosens"]);
  const version = schema.properties?.version?.const;

  return `${standalone.default(ajv, ajv.compile(schema))}
export const version = ${typeof version === "number" ? version : null};
`;
}
