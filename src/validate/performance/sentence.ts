import { formatBytes } from "../../text/format-bytes.ts";
import { type Ratio, verdictOf } from "./compare.ts";
import type { Measurement, Performance } from "./measurement.ts";

/** `models/<name>/performance.json`. */
export function performanceDocument(
  name: string,
  measured: Measurement,
): Performance {
  return {
    kind: "performance",
    version: 1,
    name,
    sentence: performanceSentence(measured),
    ...measured,
  };
}

/** All of it in one line: `p50 12.3 ms, p95 13.1 ms, first run 20 ms, load 95 ms, 210 MB of memory, file 102 MB`. */
export function performanceSentence({
  published,
  ...measured
}: Measurement): string {
  const runs =
    measured.p50_ms === null
      ? "run times unstable"
      : `p50 ${milliseconds(measured.p50_ms)}${measured.p95_ms === null ? " of a few runs" : `, p95 ${milliseconds(measured.p95_ms)}`}`;

  const parts = [
    runs,
    `first run ${milliseconds(measured.first_run_ms)}`,
    `load ${milliseconds(measured.load_ms)}`,
    `${formatBytes(measured.memory.model_bytes)} of memory`,
    `file ${formatBytes(measured.size_bytes)}`,
  ];

  if (published?.problem)
    parts.push(`not compared with the published model: ${published.problem}`);
  else if (published)
    parts.push(
      published.ratio
        ? ratioText(published.ratio)
        : "comparison with the published model unstable",
    );

  return parts.join(", ");
}

/** `12 % slower than the published model (9 to 15 %)`. */
function ratioText(ratio: Ratio): string {
  const verdict = verdictOf(ratio);
  if (verdict === "equal") return "as fast as the published model";

  const slower = verdict === "slower";
  const percent = (value: number) =>
    Math.round((slower ? value - 1 : 1 - value) * 100);
  const [from, to] = [percent(ratio.low), percent(ratio.high)].sort(
    (a, b) => a - b,
  );

  return `${percent(ratio.ratio)} % ${verdict} than the published model (${from} to ${to} %)`;
}

export function milliseconds(value: number): string {
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ms`;
}
