import type { FunctionProbe } from "../evidence/function-probe.ts";
import type { Tensor } from "../evidence/tensor.ts";
import { numbersOf, sizeOf } from "../evidence/tensor.ts";
import { LAYER_FACTOR } from "../layers/judge-layers.ts";
import { exact as digits, jsonNumber } from "../output-report.ts";
import { ulp } from "../parity/channels.ts";
import { compareValues } from "../parity/compare-values.ts";
import { createFloatAccumulator } from "../parity/float-accumulator.ts";

/** A function inside the graph: `name` is the tensor that it gives. */
export interface FunctionReport {
  name: string;
  /** In the source. */
  function: string;
  layer: string;
  max_abs: number;
  /** Of the numbers of one scale that are farthest off, or nearest to what is allowed. */
  noise: number;
  tolerance: number;
  worst: {
    given: number | string;
    onnx: number | string;
    source: number | string;
  } | null;
}

/** What was found in the functions; goes into the verdict. */
export interface FunctionsReport {
  /** Functions that the references hold values of, and those of them that the graph has. */
  known: number;
  compared: number;
  values: number;
  failing: number;
  /** The first one that differs, in the order of the graph; else that which is nearest to what is allowed. */
  function: FunctionReport | null;
}

/** Numbers that a function was given on both sides, and what it made of them. All have one shape. */
export interface GatheredFunction {
  name: string;
  probe: FunctionProbe;
  case: string;
  given: Tensor;
  exact: Tensor;
  noisy: Tensor;
  onnx: Tensor;
}

/**
 * A bound that no case reaches shows in no output and in no layer. So each function is judged by itself, as layers are, but
 * scale by scale: a slope near 0 is not hidden by what the function gives for large numbers.
 */
export function judgeFunctions(
  gathered: readonly GatheredFunction[],
  known: number,
): FunctionsReport {
  const judged = gathered.map(judge);
  const failing = judged.filter(({ ratio }) => !(ratio <= 1));
  const nearest = judged.toSorted((a, b) => b.ratio - a.ratio)[0];
  const values = judged.reduce((sum, each) => sum + each.values, 0);

  return {
    ...{ known, compared: judged.length, values, failing: failing.length },
    function: (failing[0] ?? nearest)?.report ?? null,
  };
}

/** What is wrong with the functions, as no or one sentence. */
export function functionsText(report: FunctionsReport | null): string[] {
  if (!report?.function || report.failing === 0) return [];
  const { failing, compared } = report;
  const { function: called, layer, worst } = report.function;
  const place = layer === "" ? called : `${called} of ${layer}`;
  const values = worst
    ? `: for ${digits(worst.given)} it is ${digits(worst.onnx)} in the ONNX model and ${digits(worst.source)} in the source`
    : "";

  return [
    `${failing} of ${compared} functions inside the graph ${failing === 1 ? "differs" : "differ"} from the source's, first ${place}${values}`,
  ];
}

interface Judged {
  /** Of an error to what is allowed, the largest. */
  ratio: number;
  values: number;
  report: FunctionReport;
}

function judge({
  name,
  probe,
  case: from,
  given,
  exact,
  noisy,
  onnx,
}: GatheredFunction): Judged {
  const [first = 1] = exact.dims;
  const scales = Math.max(1, Math.floor(first / probe.rows));
  const layout = {
    ...{ outer: 1, channels: scales },
    inner: Math.floor(sizeOf(exact.dims) / scales),
  };
  const accumulator = createFloatAccumulator("float32", 0, scales);
  compareValues(accumulator, { name: from, onnx, exact, noisy }, layout, {
    onnx: numbersOf(onnx),
    exact: numbersOf(exact),
    noisy: numbersOf(noisy),
  });

  const { errors, masks } = accumulator;
  const noises = [...accumulator.noise].map((noise, scale) =>
    Math.max(noise, 4 * ulp(accumulator.scales[scale] ?? 0, "float32")),
  );
  const ratios = noises.map(
    (noise, scale) => (errors[scale] ?? 0) / (LAYER_FACTOR * noise),
  );
  const ratio =
    masks.count > 0 ? Number.POSITIVE_INFINITY : Math.max(...ratios);
  const at = Math.max(0, ratios.indexOf(Math.max(...ratios)));
  const element = masks.first ?? accumulator.worst[at];

  return {
    ...{ ratio, values: accumulator.values },
    report: {
      ...{ name, function: probe.function, layer: probe.layer },
      max_abs: errors[at] ?? 0,
      noise: noises[at] ?? 0,
      tolerance: LAYER_FACTOR * (noises[at] ?? 0),
      worst: element
        ? {
            given: jsonNumber(numbersOf(given)[element.flat] ?? Number.NaN),
            onnx: jsonNumber(element.onnx),
            source: jsonNumber(element.source),
          }
        : null,
    },
  };
}
