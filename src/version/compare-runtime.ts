import { code, sentence } from "../text/message.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { type Json, sameJson } from "./json.ts";

/** What the runtime must be able to do. */
export const RUNTIME = ["opset", "ir", "min_ort", "domains"] as const;

/**
 * What a model newly asks of the runtime below the program. Operators of a further domain need a library that the program
 * loads, and a higher `min_ort` a newer runtime than the old contract promised: breaking. Another opset alone is additive.
 */
export function compareRuntime(was: Json, is: Json): Change[] {
  const numbers = (["opset", "ir"] as const)
    .filter((key) => !sameJson(was[key], is[key]))
    .map((key) => additive(wasIs([code(key)], was[key], is[key])));

  return [...numbers, ...compareOldest(was, is), ...compareDomains(was, is)];
}

function compareOldest({ min_ort: was }: Json, { min_ort: is }: Json) {
  if (sameJson(was, is)) return [];

  const parts = wasIs([code("min_ort")], was, is);
  const isHigher =
    typeof was === "string" && typeof is === "string" && isNewer(is, was);

  return [isHigher ? breaking(parts) : additive(parts)];
}

/** `1.12` is newer than `1.9`. */
function isNewer(left: string, right: string): boolean {
  return left.localeCompare(right, "en", { numeric: true }) > 0;
}

function compareDomains(was: Json, is: Json): Change[] {
  const [before, after] = [domainsOf(was), domainsOf(is)];
  if (before === null || after === null) return [];

  const fresh = [...after].filter((domain) => !before.has(domain));
  const gone = [...before].filter((domain) => !after.has(domain));

  return [
    ...fresh.map((domain) =>
      breaking(sentence`operators of the domain ${code(domain)} are new`),
    ),
    ...gone.map((domain) =>
      additive(sentence`operators of the domain ${code(domain)} are gone`),
    ),
  ];
}

/** `ai.onnx` is ONNX's own, as is the empty name; null where a contract does not say it. */
function domainsOf({ domains }: Json): Set<string> | null {
  return Array.isArray(domains)
    ? new Set(domains.map(String).map((each) => each || "ai.onnx"))
    : null;
}
