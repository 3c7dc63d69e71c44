import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";

const require = createRequire(import.meta.url);
const folder = dirname(
  require.resolve("@cyclonedx/cyclonedx-library/package.json"),
);
const schema = (name: string) =>
  JSON.parse(
    readFileSync(
      join(folder, `res/schema/${name}.SNAPSHOT.schema.json`),
      "utf8",
    ),
  );

/** Problems of a bill of materials by CycloneDX's own schema, version 1.6. */
export function cyclonedxProblems(bom: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  // Of no package that is here; the test looks at those fields itself.
  ajv.addFormat("iri-reference", true);
  ajv.addFormat("idn-email", true);
  ajv.addSchema(
    schema("spdx"),
    "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json",
  );
  ajv.addSchema(
    schema("jsf-0.82"),
    "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
  );
  const check = ajv.compile(schema("bom-1.6"));
  check(bom);

  return (check.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message}`,
  );
}
