import { createHash } from "node:crypto";
import { readYaml } from "../config/yaml-file.ts";
import { floatPaths } from "../config/yaml-floats.ts";
import type { ParameterFacts } from "./compare-parameters.ts";
import type { Json } from "./json.ts";

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
  const isMap =
    typeof data === "object" && data !== null && !Array.isArray(data);

  return {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    values: isMap ? (data as Json) : {},
    floats: isMap ? floatPaths(text) : [],
  };
}
