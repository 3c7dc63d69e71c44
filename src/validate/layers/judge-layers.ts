import {
  elementText,
  short,
  type WorstElement,
  worstText,
} from "../output-report.ts";
import { ulp } from "../parity/channels.ts";
import type { FloatAccumulator } from "../parity/float-accumulator.ts";
import { NOISE_CAP } from "../parity/float-rule.ts";
import { placed } from "../parity/placed.ts";

/**
 * How many times the source's largest rounding noise in a layer's input an error in it may be. Measured: right graphs and
 * harmless variants of them stay below 2.6, one channel of the layer before that is 1 % too large begins at 129 (docs/models.md).
 */
export const LAYER_FACTOR = 16;

/** Of fewer values the source's noise may be small by luck. */
const LEAST_VALUES = 6;

/** The input of one layer, all cases pooled, or a table in which it looks rows up. */
export interface LayerReport {
  /** Of the tensor in the graph. */
  name: string;
  /** The layer's name in the source. */
  layer: string;
  is_table: boolean;
  max_abs: number;
  noise: number;
  tolerance: number;
  worst: WorstElement | null;
}

/** What was found in the inputs of layers; goes into the verdict. */
export interface LayersReport {
  /** Layers that the references hold values of, and those of them whose input the graph has. */
  known: number;
  compared: number;
  /** Values that were compared. */
  values: number;
  /** How many differ. */
  failing: number;
  /** The first one that differs, in the order of the graph; else that which is nearest to what is allowed. */
  layer: LayerReport | null;
}

/** A layer's input and what was gathered of it; `steps` lead from an index of the samples to one of the tensor. */
export interface GatheredLayer {
  name: string;
  /** The layer's name in the source. */
  layer: string;
  steps: readonly number[];
  /** It stands behind a kernel that approximates. */
  isApproximate: boolean;
  isTable: boolean;
  accumulator: FloatAccumulator;
}

/**
 * A wrong weight shows right behind its layer by thousands of times the noise, where the outputs may show it by less than
 * they are allowed. Noise is pooled over all channels: those of a layer are of one scale, and behind a Relu some are 0.
 */
export function judgeLayers(
  gathered: readonly GatheredLayer[],
  known: number,
): LayersReport {
  const judged = gathered
    .filter(
      ({ accumulator: { values, masks } }) =>
        values >= LEAST_VALUES || masks.count > 0,
    )
    .map((layer) => ({ ratio: ratioOf(layer), layer }));
  const failing = judged.filter(({ ratio }) => !(ratio <= 1));
  const nearest = judged.toSorted((a, b) => b.ratio - a.ratio)[0];
  const shown = (failing[0] ?? nearest)?.layer;

  return {
    known,
    compared: judged.length,
    values: judged.reduce(
      (sum, { layer }) => sum + layer.accumulator.values,
      0,
    ),
    failing: failing.length,
    layer: shown ? reportOf(shown) : null,
  };
}

/** What is wrong with the layers, as no or one sentence. */
export function layersText(report: LayersReport | null): string[] {
  if (!report?.layer || report.failing === 0) return [];
  const { compared, failing, layer } = report;
  const { layer: called, max_abs: error, noise, worst } = layer;
  if (layer.is_table)
    return [
      `the table that ${called} looks up differs from the source's: ${worst ? elementText(worst) : ""}; an input that needs such a row gets another result, though no case does`,
    ];
  const size = Number.isFinite(error / noise)
    ? `; the error ${short(error)} is ${short(error / noise)} times what rounding explains`
    : "";

  return [
    `the input of ${failing} of ${compared} layers inside the graph differs, first that of ${called}: ${worst ? worstText(worst) : ""}${size}; the fault is between this layer and the one before it`,
  ];
}

function ratioOf(layer: GatheredLayer): number {
  const { errors, masks } = layer.accumulator;
  if (masks.count > 0) return Number.POSITIVE_INFINITY;

  return largest(errors) / toleranceOf(layer);
}

/** Behind a kernel that approximates it is at least what `judgeSpelled` allows such a kernel: 80 dB. */
function toleranceOf({ isApproximate, accumulator }: GatheredLayer): number {
  const allowed = LAYER_FACTOR * noiseOf(accumulator);
  const kernel = NOISE_CAP * largest(accumulator.scales);

  return isApproximate ? Math.max(allowed, kernel) : allowed;
}

function noiseOf({ noise, scales, dtype }: FloatAccumulator): number {
  return Math.max(largest(noise), 4 * ulp(largest(scales), dtype));
}

function reportOf(gathered: GatheredLayer): LayerReport {
  const { name, layer, steps, isTable, accumulator } = gathered;
  const noise = noiseOf(accumulator);
  const error = largest(accumulator.errors);
  const element =
    accumulator.masks.first ??
    accumulator.worst[accumulator.errors.indexOf(error)];

  return {
    ...{ name, layer, is_table: isTable },
    max_abs: error,
    noise,
    tolerance: toleranceOf(gathered),
    worst: element ? placed(element, steps) : null,
  };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
