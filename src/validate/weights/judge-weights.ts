import type { LineHashes } from "./line-hashes.ts";

/** Of the rows, or of the columns: a weight that has fewer in common with the source's was computed from it. */
const ALIKE = 0.75;

/** A weight that the graph stores and the source has. */
export interface WeightReport {
  /** In the graph. */
  name: string;
  /** In the source. */
  layer: string;
  /** Rows and columns that differ; rows are the first axis, columns all others together. */
  rows: number;
  columns: number;
  /** The first of them. */
  row: number;
  column: number;
}

/** What was found in the weights; goes into the verdict. */
export interface WeightsReport {
  /** Weights that the references know, and those that the graph stores as the source has them, but for some rows or columns. */
  known: number;
  compared: number;
  failing: number;
  /** The first one that differs, in the order of the references. */
  weight: WeightReport | null;
}

/** One weight on both sides. */
export interface WeightPair {
  name: string;
  layer: string;
  source: LineHashes;
  stored: LineHashes;
}

/** A weight in which most is the source's to the last bit, and something is not, was made wrong; others are judged by what they give. */
export function judgeWeights(
  pairs: readonly WeightPair[],
  known: number,
): WeightsReport {
  const compared = pairs.filter(isAlike);
  const reports = compared.map(reportOf);
  const failing = reports.filter(({ rows, columns }) => rows + columns > 0);

  return {
    ...{ known, compared: compared.length, failing: failing.length },
    weight: failing[0] ?? null,
  };
}

/** What is wrong with the weights, as no or one sentence. */
export function weightsText(report: WeightsReport | null): string[] {
  if (!report?.weight) return [];
  const { failing, compared, weight } = report;
  const { name, layer, rows, columns, row, column } = weight;
  const places = [
    // All rows differ where a column does.
    ...(rows > 0 && rows <= columns ? [`row ${row}`] : []),
    ...(columns > 0 && columns <= rows ? [`column ${column}`] : []),
  ];

  return [
    `${failing} of ${compared} weights in the graph ${failing === 1 ? "differs" : "differ"} from the source's, first ${layer}, in ${places.join(", ")} of ${name}`,
  ];
}

function isAlike({ source, stored }: WeightPair): boolean {
  const shares = [
    [source.rows, stored.rows],
    [source.columns, stored.columns],
  ] as const;

  return (
    shares.every(([own, other]) => own.length === other.length) &&
    shares.some(
      ([own, other]) =>
        own.length - differing(own, other).length >= ALIKE * own.length,
    )
  );
}

function reportOf({ name, layer, source, stored }: WeightPair): WeightReport {
  const rows = differing(source.rows, stored.rows);
  const columns = differing(source.columns, stored.columns);

  return {
    ...{ name, layer, rows: rows.length, columns: columns.length },
    ...{ row: rows[0] ?? 0, column: columns[0] ?? 0 },
  };
}

function differing(own: Int32Array, other: Int32Array): number[] {
  return [...own.keys()].filter((at) => own[at] !== other[at]);
}
