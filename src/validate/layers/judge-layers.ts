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

/** Of fewer values the largest may be small by chance, beside the numbers that were rounded on the way to it. */
const LEAST_FOR_SCALE = 64;

/** The input of one layer in the case that is nearest to what is allowed, or a table in which it looks rows up. */
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
  /** One for each case. */
  cases: readonly FloatAccumulator[];
}

/** A case of a layer beside what an error in it may be. */
interface JudgedCase {
  accumulator: FloatAccumulator;
  noise: number;
  tolerance: number;
  ratio: number;
}

/**
 * A wrong weight shows right behind its layer by thousands of times the noise, where the outputs may show it by less than
 * they are allowed. Noise is pooled over all channels: those of a layer are of one scale, and behind a Relu some are 0.
 * Cases may not be of one scale, as rounding grows with the numbers: what one of large numbers explains does not explain
 * as much in one of small numbers.
 */
export function judgeLayers(
  gathered: readonly GatheredLayer[],
  known: number,
): LayersReport {
  const judged = gathered
    .filter(({ cases }) => isEnough(cases))
    .map((layer) => ({ layer, found: nearestCase(layer) }));
  const failing = judged.filter(({ found }) => !(found.ratio <= 1));
  const nearest = judged.toSorted((a, b) => b.found.ratio - a.found.ratio)[0];
  const shown = failing[0] ?? nearest;

  return {
    known,
    compared: judged.length,
    values: judged.reduce((sum, { layer }) => sum + valuesOf(layer.cases), 0),
    failing: failing.length,
    layer: shown ? reportOf(shown.layer, shown.found) : null,
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

function isEnough(cases: readonly FloatAccumulator[]): boolean {
  return valuesOf(cases) >= LEAST_VALUES || cases.some(hasMasks);
}

function valuesOf(cases: readonly FloatAccumulator[]): number {
  return cases.reduce((total, { values }) => total + values, 0);
}

function hasMasks({ masks }: FloatAccumulator): boolean {
  return masks.count > 0;
}

/** The case whose error is the largest part of what is allowed, or more than that. */
function nearestCase({ isApproximate, cases }: GatheredLayer): JudgedCase {
  const noise = noiseIn(cases);
  // Behind a kernel that approximates it is at least what `judgeSpelled` allows such a kernel: 80 dB.
  const kernel = isApproximate ? NOISE_CAP * most(cases, scaleOf) : 0;

  return cases
    .map((accumulator) => {
      const own = noise(accumulator);
      const tolerance = Math.max(LAYER_FACTOR * own, kernel);
      const ratio = hasMasks(accumulator)
        ? Number.POSITIVE_INFINITY
        : largest(accumulator.errors) / tolerance;

      return { accumulator, noise: own, tolerance, ratio };
    })
    .reduce((a, b) => (b.ratio > a.ratio ? b : a));
}

/**
 * What rounding explains in one of the cases: as much of its largest value as in the case where that is most, and never
 * more than in any case. A case of few values, or that is 0 everywhere, has no scale: it may have what any case has.
 */
function noiseIn(
  cases: readonly FloatAccumulator[],
): (accumulator: FloatAccumulator) => number {
  const pooled = most(cases, noiseOf);
  const share = most(cases, (one) =>
    scaleOf(one) > 0 ? noiseOf(one) / scaleOf(one) : 0,
  );

  return (accumulator) =>
    scaleOf(accumulator) > 0 && sum(accumulator.counts) >= LEAST_FOR_SCALE
      ? Math.min(pooled, share * scaleOf(accumulator))
      : pooled;
}

function noiseOf(accumulator: FloatAccumulator): number {
  const least = 4 * ulp(scaleOf(accumulator), accumulator.dtype);
  return Math.max(largest(accumulator.noise), least);
}

function scaleOf({ scales }: FloatAccumulator): number {
  return largest(scales);
}

function reportOf(
  { name, layer, steps, isTable }: GatheredLayer,
  { accumulator, noise, tolerance }: JudgedCase,
): LayerReport {
  const error = largest(accumulator.errors);
  const element =
    accumulator.masks.first ??
    accumulator.worst[accumulator.errors.indexOf(error)];

  return {
    ...{ name, layer, is_table: isTable },
    ...{ max_abs: error, noise, tolerance },
    worst: element ? placed(element, steps) : null,
  };
}

function most(
  cases: readonly FloatAccumulator[],
  of: (accumulator: FloatAccumulator) => number,
): number {
  return cases.reduce((found, one) => Math.max(found, of(one)), 0);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
