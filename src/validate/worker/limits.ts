/** What the worker's process may use. */
export interface WorkerLimits {
  /** Resident memory of the whole process. */
  bytes: number;
  /** Of ONNX Runtime, by the processor's clock: a busy machine takes none of them away. */
  loadSeconds: number;
  runSeconds: number;
  /** Of a check itself between two runs, by the processor's clock. */
  ownSeconds: number;
}

/** For all checks together, by the wall's clock. */
export const TOTAL_SECONDS = 600;

const SECONDS = { loadSeconds: 60, runSeconds: 30, ownSeconds: 120 };
const MEMORY = { timesFile: 3, freeBytes: 2 * 2 ** 30 };

/** Limits for models of this size in bytes, weights in other files included. */
export function limitsFor(modelBytes: number): WorkerLimits {
  return {
    ...SECONDS,
    bytes: MEMORY.timesFile * modelBytes + MEMORY.freeBytes,
  };
}
