import type { Conversion } from "../../convert/conversion.ts";
import { formatBytes } from "../../text/format-bytes.ts";
import type { Contract, InputPort } from "../../validate/contract/contract.ts";
import type { Performance } from "../../validate/performance/measurement.ts";
import { formatSeconds } from "../format.ts";
import { count } from "../headline.ts";
import { type Content, html } from "./markup.ts";

/** What is known about a model before anybody asks whether it is right. */
export interface Known {
  contract: Contract | null;
  conversion: Pick<Conversion, "engine" | "environment"> | null;
  /** Files of the model, by their path. */
  files: readonly { path: string; size: number }[];
  performance: Performance | null;
  /** Seconds that it took; null where the page must not say it. */
  seconds: number | null;
  /** Of this program; null where the page must not say it. */
  version: string | null;
}

/** Each fact has a title and a text of its own; those that nobody knows are left out. */
export interface WhatItIs {
  task: string | null;
  input: string | null;
  classes: string | null;
  opset: number | null;
  /** Bytes of the graph and its weights. */
  bytes: number | null;
  /** Milliseconds of one run on this machine, one thread. */
  ms: number | null;
  madeWith: string | null;
  seconds: number | null;
}

/** The facts as data: the table sorts by them, the strip shows them. */
export function whatItIs(known: Known): WhatItIs {
  const { contract, performance, seconds } = known;

  return {
    task: contract?.task ? taskWords(contract.task) : null,
    input: inputWords(contract?.inputs ?? []),
    classes: classWords(contract?.classes ?? []),
    opset: contract?.opset ?? null,
    bytes: performance?.size_bytes ?? bytesOf(known.files),
    ms: performance?.p50_ms ?? null,
    madeWith: madeWith(known),
    seconds: seconds !== null && seconds > 0 ? seconds : null,
  };
}

/** One strip of facts, a title over each; null if nothing is known. */
export function factStrip(facts: WhatItIs): Content {
  const pairs: [string, Content][] = [
    ["Task", facts.task],
    ["Input", facts.input],
    ["Classes", facts.classes],
    ["Opset", facts.opset],
    ["Size", facts.bytes === null ? null : formatBytes(facts.bytes)],
    ["One run here", facts.ms === null ? null : formatMs(facts.ms)],
    ["Made with", facts.madeWith],
    ["Took", facts.seconds === null ? null : formatSeconds(facts.seconds)],
  ];

  const known = pairs.filter(([, value]) => value !== null);
  return (
    known.length > 0 &&
    html`<dl class="strip">${known.map(([title, value]) => html`<div><dt>${title}</dt><dd>${value}</dd></div>`)}</dl>`
  );
}

/** `0.67 ms`, `41 ms`. */
export function formatMs(ms: number): string {
  return `${Number(ms.toPrecision(ms < 100 ? 2 : 3))} ms`;
}

const TASKS: Readonly<Record<string, string>> = {
  classification: "image classification",
  detection: "object detection",
  segmentation: "semantic segmentation",
};

/** `tabular-classification` reads as words; a known task by its full name. */
function taskWords(task: string): string {
  return TASKS[task] ?? task.replaceAll(/[-_]/g, " ");
}

const DTYPES: Readonly<Record<string, string>> = {
  f64: "float64",
  f32: "float32",
  f16: "float16",
  bf16: "bfloat16",
  i64: "int64",
  i32: "int32",
  u8: "uint8",
  i8: "int8",
  str: "string",
};

/** Inputs whose shapes are written out. */
const WRITTEN = 2;
/** Columns of a table are named up to here. */
const NAMED = 4;

function inputWords(inputs: readonly InputPort[]): string | null {
  if (inputs.length === 0) return null;
  if (inputs.length > WRITTEN) {
    const names = inputs.slice(0, NAMED).map(({ name }) => name);
    const rest = inputs.length > NAMED ? ", …" : "";
    return `${count(inputs.length, "input")}: ${names.join(", ")}${rest}`;
  }

  return inputs
    .map(({ dtype, shape }) => `${shape.join(" × ")} ${DTYPES[dtype] ?? dtype}`)
    .join("; ");
}

function classWords(classes: readonly string[]): string | null {
  if (classes.length === 0) return null;
  const rest = classes.length > NAMED ? ", …" : "";

  return `${classes.length}: ${classes.slice(0, NAMED).join(", ")}${rest}`;
}

const WEIGHTS = /\.(onnx|data|bin|weights)$/;

function bytesOf(files: Known["files"]): number | null {
  const weights = files.filter(({ path }) => WEIGHTS.test(path));
  return weights.length > 0
    ? weights.reduce((sum, { size }) => sum + size, 0)
    : null;
}

/** The engine's own version where its packages name it; the rest of them stand below. */
function madeWith({ conversion, version }: Known): string | null {
  if (!conversion?.engine) return version && `model-to-edge ${version}`;

  const { engine, environment } = conversion;
  const { packages } = environment;
  const versions = new Map(
    Object.entries(
      packages !== null && typeof packages === "object" ? packages : {},
    ),
  );
  const own = versions.get(engine);
  const named = typeof own === "string" ? `${engine} ${own}` : engine;
  const converters = [...versions].flatMap(([name, value]) =>
    name.endsWith("2onnx") && name !== engine ? [`${name} ${value}`] : [],
  );
  const program = version === null ? [] : [`model-to-edge ${version}`];

  return [named, ...converters, ...program].join(", ");
}
