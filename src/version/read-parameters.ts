import { readYaml } from "../config/yaml-file.ts";
import { floatPaths } from "../config/yaml-floats.ts";
import { hashBytes } from "../disk/hash-file.ts";
import { isObject } from "../document/json-object.ts";
import type { ParameterFacts } from "./compare-parameters.ts";

/** Bytes of a parameter file: its template and what is put into it have 1 MiB each, and quotes and escapes come on top. */
export const PARAMETERS_LIMIT = 16 << 20;

/** What a `*.param.yaml` is compared by; of one that is no YAML map its bytes alone. Null where there is none. */
export function parameterFacts(
  bytes: Uint8Array | null,
): ParameterFacts | null {
  if (bytes === null) return null;

  const text = Buffer.from(bytes).toString("utf8");
  const read = readYaml(text, "*.param.yaml");
  const data = "data" in read ? read.data : null;
  const values = isObject(data) ? data : null;

  return {
    sha256: hashBytes(bytes),
    values: values ?? {},
    floats: values ? floatPaths(text) : [],
  };
}
