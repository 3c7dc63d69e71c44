import { Worker } from "node:worker_threads";

/**
 * A thread that runs a program's text: it needs no file of its own beside the bundle. `workerData` is what the program
 * finds under that name.
 */
export function workerOf(program: string, workerData?: unknown): Worker {
  return new Worker(program, { eval: true, workerData });
}
