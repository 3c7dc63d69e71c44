import { code, sentence } from "../message.ts";
import type { Port } from "../validate/contract/contract.ts";
import { additive, breaking, type Change, wasIs } from "./change.ts";
import { compareClasses } from "./compare-classes.ts";
import { comparePorts } from "./compare-ports.ts";
import { type Json, otherKeys, sameJson } from "./json.ts";

/** Compared in their own way, or said of the file and not of what it does. */
const OWN = new Set([
  "version",
  "input",
  "inputs",
  "outputs",
  "preprocess",
  "baked",
  "classes",
  "classes_from",
  "golden",
]);
/** What the runtime must be able to do: a program does not change for it. */
const RUNTIME = new Set(["opset", "ir", "min_ort", "domains"]);
/** Other numbers through the same program. */
const NUMBERS = new Set(["precision", "weights"]);

/**
 * What changed between two contracts, both valid by their schema, for a program that runs the model. What an engine
 * says in keys of its own is breaking if it changes, as nobody here knows what it means.
 */
export function compareContracts(was: Json, is: Json): Change[] {
  return [
    ...comparePorts("input", inputsOf(was), inputsOf(is)),
    ...comparePorts("output", portsOf(was.outputs), portsOf(is.outputs)),
    ...comparePreprocess(stepsOf(was), stepsOf(is)),
    ...compareBaked(objectOf(was.baked), objectOf(is.baked)),
    ...compareClasses(classesOf(was), classesOf(is)),
    ...compareOthers(was, is),
  ];
}

function comparePreprocess(
  was: readonly Json[],
  is: readonly Json[],
): Change[] {
  if (sameJson(was, is)) return [];
  if (was.length !== is.length)
    return [
      breaking(
        sentence`the pre-processing had ${was.length} steps: ${names(was)}; it now has ${is.length}: ${names(is)}`,
      ),
    ];

  return was.flatMap((step, index) =>
    sameJson(step, is[index])
      ? []
      : [
          breaking(
            wasIs(
              sentence`step ${index + 1} of the pre-processing`,
              step,
              is[index],
            ),
          ),
        ],
  );
}

function names(steps: readonly Json[]) {
  return code(steps.map((step) => Object.keys(step)[0] ?? "?").join(", "));
}

function compareBaked(was: Json, is: Json): Change[] {
  return otherKeys(new Set(), was, is)
    .filter((key) => !sameJson(was[key], is[key]))
    .map((key) =>
      breaking(wasIs(sentence`${code(key)} in the graph`, was[key], is[key])),
    );
}

function compareOthers(was: Json, is: Json): Change[] {
  return otherKeys(OWN, was, is)
    .filter((key) => !sameJson(was[key], is[key]))
    .map((key) => {
      const parts = wasIs([code(key)], was[key], is[key]);
      if (NUMBERS.has(key)) return { level: "weights", parts };
      return RUNTIME.has(key) ? additive(parts) : breaking(parts);
    });
}

function inputsOf({ input, inputs }: Json): Port[] {
  return portsOf(inputs ?? (input ? [input] : []));
}

function portsOf(list: unknown): Port[] {
  return Array.isArray(list) ? (list as Port[]) : [];
}

function stepsOf({ preprocess }: Json): Json[] {
  return Array.isArray(preprocess) ? (preprocess as Json[]) : [];
}

function classesOf({ classes }: Json): string[] {
  return Array.isArray(classes) ? (classes as string[]) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
