// The checks of our own schemas, as code: compiling one when it is needed takes longer than all else of a small run.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const ENDING = ".schema.json";
const NAMESPACE = "validator";
/** JSON Schema's own, which a schema is checked against before it is compiled. */
const META = "json-schema";

/**
 * Writes `dist/validators/<name>.js` for each `schemas/<name>.schema.json`: `validate(data)`, and `version`, the one that
 * the schema's documents have, or null. `json-schema.js` is the check of a schema itself.
 */
export async function writeValidators(root) {
  const files = await readdir(join(root, "schemas"));
  const names = files
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length));
  if (names.includes(META))
    throw new Error(`schemas/${META} has a name that is taken`);

  await build({
    entryPoints: [...names, META].map((name) => ({
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
    const contents =
      name === META
        ? metaCode()
        : codeOf(JSON.parse(await readFile(file, "utf8")));

    return { contents, loader: "js", resolveDir: root };
  });
}

function codeOf(schema) {
  const ajv = compiler();
  const version = schema.properties?.version?.const;

  return `${standalone.default(ajv, ajv.compile(schema))}
export const version = ${typeof version === "number" ? version : null};
`;
}

function metaCode() {
  const ajv = compiler();
  const check = ajv.getSchema("https://json-schema.org/draft/2020-12/schema");

  return `${standalone.default(ajv, check)}
export const version = null;
`;
}

/** The same options as in src/document/schema-compiler.ts. */
function compiler() {
  const ajv = new Ajv2020({
    ...{ allErrors: true, allowUnionTypes: true },
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(["loosens"]);

  return ajv;
}
