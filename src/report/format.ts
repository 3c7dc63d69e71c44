/** `< 0.1 s`, `0.4 s`, `41 s`, `3 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.05) return "< 0.1 s";
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;

  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;

  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Three digits, for sizes of errors; `–` where there is none. */
export function formatNumber(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";

  const size = Math.abs(value);

  return size >= 1e5 || size < 1e-3
    ? value.toExponential(1).replace("e+", "e")
    : String(Number(value.toPrecision(3)));
}

/** The first digits of a hash or commit, enough for a person. */
export function shortHash(hash: string): string {
  return /^[0-9a-f]{16,}$/i.test(hash) ? hash.slice(0, 12) : hash;
}
