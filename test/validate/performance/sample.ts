import type { Measurement } from "../../../src/validate/performance/measurement.ts";

/** A steady measurement of a model like ResNet-50. */
export function measurement(change: Partial<Measurement> = {}): Measurement {
  return {
    machine: {
      cpu: "Some CPU",
      cores: 2,
      arch: "x64",
      os: "linux",
      runtime: "1.30.0",
      provider: "cpu",
      threads: 1,
      optimisation: "all",
    },
    input: { case: "real-0", shapes: { input: [1, 3, 224, 224] } },
    size_bytes: 102_142_106,
    load_ms: 95,
    first_run_ms: 20,
    p50_ms: 12.3,
    p95_ms: 13.1,
    mean_ms: 12.5,
    windows: { runs: 25, means_ms: [12.5, 12.4, 12.6] },
    memory: { peak_bytes: 300_000_000, model_bytes: 210_000_000 },
    published: null,
    ...change,
  };
}
