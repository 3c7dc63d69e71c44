import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

const SCRIPT = fileURLToPath(new URL("../../scripts/parts/ci-schema.mjs", import.meta.url));

/** GitLab's own schema of `.gitlab-ci.yml`, compiled; downloaded once. */
export function compileCiSchema(): ValidateFunction {
  const file = execFileSync(process.execPath, [SCRIPT], { encoding: "utf8" }).trim();
  const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")));
}

/** Problems as lines; empty where GitLab would take the pipeline. */
export function ciProblems(check: ValidateFunction, pipeline: unknown): string[] {
  return check(pipeline) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
