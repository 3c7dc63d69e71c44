/** 0 for an empty list. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The list is not empty, here and below. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

export function median(values: readonly number[]): number {
  return (
    (percentile(values, 0.5, Math.floor) + percentile(values, 0.5, Math.ceil)) /
    2
  );
}

/** The value that `part` of them do not exceed: one of them, never between two. */
export function percentile(
  values: readonly number[],
  part: number,
  round = Math.ceil,
): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[round(part * (sorted.length - 1))] ?? Number.NaN;
}
