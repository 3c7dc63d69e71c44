import { nearest } from "../../text/nearest.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a template's names are looked up in. */
export interface Known {
  contract: Json;
  model: { name: string; file: string };
}

export type FoundFact =
  /** `key`: the last name of the path. */
  { value: unknown; key: string } | { fallback: string };

/** Keys that a contract may leave out: their names are known, and have no value. */
const UNSAID = {
  ...{ task: null, model: null, opset: null, ir: null, domains: null },
  ...{ min_ort: null, precision: null, weights: null },
  ...{ inputs: [], outputs: [], preprocess: [], classes: [] },
  ...{ classes_from: null },
};
const UNBAKED = {
  ...{ nms_iou: null, score_thr: null, pre_topk: null },
  ...{ class_agnostic: null, max_per_class: null },
};

/** `contract`: contract.json as it is in the file; null if there is none. */
export function knownFacts(
  contract: Json | null,
  model: Known["model"],
): Known {
  const { input, baked, classes, ...others } = contract ?? {};
  const inputs = input === undefined ? {} : { input, inputs: [input] };

  return {
    contract: {
      ...{ ...UNSAID, ...inputs, ...others },
      classes: classes ?? [],
      baked: { ...UNBAKED, ...(baked as Json | undefined) },
    },
    model,
  };
}

/**
 * The value of `NAME`, or of `NAME:-TEXT` the text where the name has none; a name is a path by dots and indexes, such as
 * `contract.inputs[0].name`. A sentence instead where it is not known, with the nearest, or where nothing says it.
 */
export function findFact(
  known: Known,
  asked: string,
): FoundFact | { problem: string } {
  const [, name = "", fallback] = /^(.*?)(?::-(.*))?$/s.exec(asked) ?? [];
  const path = name
    .trim()
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".");
  let value: unknown = known;
  let key = "";

  for (const [at, part] of path.entries()) {
    if (!hasOwn(value, part))
      return { problem: unknown(path.slice(0, at), part, value) };

    value = value[part];
    if (!/^\d+$/.test(part)) key = part;
  }

  if (value !== null && value !== undefined) return { value, key };
  return fallback === undefined
    ? {
        problem: `contract.json says nothing of it: give a value for this case, as in \${NAME:-VALUE}`,
      }
    : { fallback };
}

function hasOwn(value: unknown, key: string): value is Json {
  if (Array.isArray(value) && !/^\d+$/.test(key)) return false;
  return (
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
  );
}

/** Names are listed as far as a line can. */
const LISTED = 20;

function unknown(before: string[], part: string, value: unknown): string {
  const where = before.map((each) => `${each}.`).join("");
  const names =
    typeof value === "object" && value !== null ? Object.keys(value) : [];
  const near = nearest(part, names);
  if (near !== null)
    return `the name is not known; did you mean "${where}${near}"?`;

  const listed = names.slice(0, LISTED).map((each) => where + each);
  return listed.length === 0
    ? `the name is not known: ${before.join(".")} has no parts`
    : `the name is not known; known: ${listed.join(", ")}${names.length > LISTED ? ", …" : ""}`;
}
