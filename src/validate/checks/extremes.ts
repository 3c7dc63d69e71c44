import type { OnnxModel } from "../../onnx/model.ts";
import {
  type Finding,
  passed,
  type SessionCheck,
  skipped,
  warned,
} from "../check.ts";
import { feedsOf } from "../evidence/feeds.ts";
import { smallestCase } from "../evidence/references.ts";
import { withAxis } from "../evidence/resize.ts";
import {
  type Dtype,
  type Feeds,
  isFloat,
  sizeOf,
  type Tensor,
} from "../evidence/tensor.ts";
import { isBatched } from "../metamorphic/batch.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** One kind of extreme input. */
interface Extreme {
  /** For a person. */
  called: string;
  feeds: Feeds;
  /** No reference has it, so that it is tried whatever it costs. */
  isNeeded: boolean;
  /** A model may refuse it: it is not a number, or no row. */
  mayBeRefused: boolean;
  isEmpty: boolean;
}

/** What a device may meet, the most dangerous first: the others are tried where there is room. */
const VALUES: readonly [called: string, value: number][] = [
  ["all NaN", Number.NaN],
  ["all 1e4", 1e4],
  ["all 0", 0],
  ["all -1e4", -1e4],
  ["all 255", 255],
  ["all denormal", 1e-40],
];

interface ExtremesDetails {
  tried: string[];
  /** With ONNX Runtime's own words. */
  refused: string[];
}

/** Extreme inputs must not end the process: a crash or a hang here is found by the worker, and fails this check. */
export const extremes: SessionCheck<"extremes", ExtremesDetails> = {
  name: "extremes",
  title: "extreme inputs",
  question: "does it survive black, white and absurd inputs?",
  next: "A device would crash too: export without the operator that crashes",
  canBeSwitchedOff: true,
  needs: "inputs",
  async run(_subject, graph, runtime) {
    const references = await runtime.references.open();
    const small = references && smallestCase(references.cases);
    if (!references || !small)
      return skipped("not run: the references have no inputs to try");

    const feeds = await feedsOf(references, small);

    return tryAll(graph, runtime, extremeInputs(feeds, isBatched(graph)));
  },
};

/** The empty batch comes last: it may end the process. */
function extremeInputs(feeds: Feeds, hasBatch: boolean): Extreme[] {
  const values = VALUES.map(([called, value]): Extreme => {
    const isNumber = !Number.isNaN(value);
    return {
      called,
      feeds: filled(feeds, value),
      isNeeded: !isNumber,
      mayBeRefused: !isNumber,
      isEmpty: false,
    };
  });

  // A scalar has no axis that could be empty.
  if (!hasBatch) return values;

  const empty: Extreme = {
    called: "an empty batch",
    feeds: ofRows(feeds, 0),
    isNeeded: true,
    mayBeRefused: true,
    isEmpty: true,
  };

  return [...values, empty];
}

async function tryAll(
  graph: OnnxModel,
  runtime: Runtime,
  extremes: readonly Extreme[],
): Promise<Finding<ExtremesDetails>> {
  const details: ExtremesDetails = { tried: [], refused: [] };
  const unexpected: string[] = [];
  const problems: string[] = [];

  for (const { called, feeds, ...extreme } of extremes) {
    if (!extreme.isNeeded && !runtime.budget.hasRoom()) continue;

    details.tried.push(called);
    const outputs = await runtime.session
      .run(`inputs ${called}`, feeds)
      .catch(ortMessage);

    if (typeof outputs !== "string") {
      if (extreme.isEmpty) problems.push(...rowsOfNone(graph, outputs));
      continue;
    }

    const refusal = `${called}: ${outputs}`;
    details.refused.push(refusal);
    if (!extreme.mayBeRefused) unexpected.push(refusal);
  }

  if (unexpected.length > 0)
    problems.push(
      `ONNX Runtime refuses extreme inputs: ${unexpected.join("; ")}`,
    );
  if (problems.length > 0) return warned(problems.join("; "), details);

  return passed(`it does not crash on ${details.tried.join(", ")}`, details);
}

/** An empty batch gives no rows, or a clear error; an output that has the batch's axis may not make some up. */
function rowsOfNone({ inputs, outputs }: OnnxModel, given: Feeds): string[] {
  const names = new Set(
    inputs.map(({ shape }) => shape?.[0]).filter((name) => name !== ""),
  );
  return outputs.flatMap(({ name, shape }) => {
    const rows = given.get(name)?.dims[0] ?? 0;
    return rows > 0 && names.has(shape?.[0])
      ? [`for an empty batch "${name}" has ${rows} rows`]
      : [];
  });
}

function ofRows(feeds: Feeds, rows: number): Feeds {
  return new Map(
    [...feeds].map(([name, tensor]) => [name, withAxis(tensor, 0, rows)]),
  );
}

/** All float inputs with this value; others keep theirs: an index may not be any number, a list of factors no huge one. */
function filled(feeds: Feeds, value: number): Map<string, Tensor> {
  return new Map(
    [...feeds].map(([name, tensor]) => [
      name,
      isFloat(tensor.dtype) && tensor.dims.length >= 2
        ? fill(tensor, value)
        : tensor,
    ]),
  );
}

function fill({ dtype, dims }: Tensor, value: number): Tensor {
  const size = sizeOf(dims);
  if (dtype === "float64")
    return { dtype, dims, data: new Float64Array(size).fill(value) };
  if (dtype === "float32")
    return { dtype, dims, data: new Float32Array(size).fill(value) };

  return {
    dtype,
    dims,
    data: new Uint16Array(size).fill(halfBits(dtype, value)),
  };
}

/** Bits of a half float or a bfloat16, good enough for a value that only shall be extreme. */
function halfBits(dtype: Dtype, value: number): number {
  const single = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  if (dtype === "bfloat16") return single >>> 16;
  if (Number.isNaN(value)) return 0x7e00;

  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign + (size > 0 ? 1 : 0);

  const exponent = Math.floor(Math.log2(size));

  return (
    sign +
    ((exponent + 15) << 10) +
    Math.floor((size / 2 ** exponent - 1) * 1024)
  );
}
