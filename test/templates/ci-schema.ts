import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { realPart } from "./part.ts";

/** GitLab's own schema of `.gitlab-ci.yml`, compiled; downloaded once. Null where it cannot be had. */
export function compileCiSchema(): ValidateFunction | null {
  const file = realPart("ci-schema.mjs");
  if (file === null) return null;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    allowUnionTypes: true,
  });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")));
}

/** Problems as lines; empty where GitLab would take the pipeline. */
export function ciProblems(
  check: ValidateFunction | null,
  pipeline: unknown,
): string[] {
  if (check === null) throw new Error("the schema is missing");
  return check(pipeline)
    ? []
    : (check.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath} ${message}`,
      );
}
