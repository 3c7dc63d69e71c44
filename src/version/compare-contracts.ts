import { code, sentence } from "../text/message.ts";
import type { Port } from "../validate/contract/contract.ts";
import { breaking, type Change, wasIs } from "./change.ts";
import { compareClasses } from "./compare-classes.ts";
import { comparePorts } from "./compare-ports.ts";
import { compareRuntime, RUNTIME } from "./compare-runtime.ts";
import { type Json, otherKeys, sameJson } from "./json.ts";
import { followsInputs } from "./opened-axes.ts";
import { plainSteps } from "./plain-steps.ts";
import { withoutWords } from "./words-for-people.ts";

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
  ...RUNTIME,
]);
/** Other numbers through the same program. */
const NUMBERS = new Set(["precision", "weights"]);

/**
 * What changed between two contracts, both valid by their schema, for a program that runs the model. What an engine
 * says in keys of its own is breaking if it changes, as nobody here knows what it means; words for people are nothing.
 */
export function compareContracts(before: Json, after: Json): Change[] {
  const [was, is] = [withoutWords(before), withoutWords(after)];
  const [oldInputs, inputs] = [inputsOf(was), inputsOf(is)];
  const [oldOutputs, outputs] = [portsOf(was.outputs), portsOf(is.outputs)];
  const follows = followsInputs(oldInputs, inputs, outputs);

  return [
    ...comparePorts("input", oldInputs, inputs, null),
    ...comparePorts("output", oldOutputs, outputs, follows),
    ...comparePreprocess(stepsOf(was), stepsOf(is)),
    ...compareBaked(objectOf(was.baked), objectOf(is.baked)),
    ...compareClasses(classesOf(was), classesOf(is)),
    ...compareRuntime(was, is),
    ...compareOthers(was, is),
  ];
}

function comparePreprocess(
  was: readonly Json[],
  is: readonly Json[],
): Change[] {
  const [before, after] = [plainSteps(was), plainSteps(is)];
  if (sameJson(before, after)) return [];
  if (was.length !== is.length)
    return [
      breaking(
        sentence`the pre-processing had ${was.length} steps: ${names(was)}; it now has ${is.length}: ${names(is)}`,
      ),
    ];

  return was.flatMap((step, index) =>
    sameJson(before[index], after[index])
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
      return NUMBERS.has(key) ? { level: "weights", parts } : breaking(parts);
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
