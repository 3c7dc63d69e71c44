import { setFlagsFromString } from "node:v8";

/** Of what is alive after a collection: how much more V8 takes before the next one. By itself it takes three times as much. */
const PERCENT = 50;

/**
 * For the rest of the process V8 collects its heap sooner: many models take less memory, for some more of the processor.
 * Node documents how a flag is set, and only V8 this one, which Node 20, 22 and 24 have. A V8 without it says so on
 * stderr, and goes on as before.
 */
export function collectSooner(): void {
  setFlagsFromString(`--heap-growing-percent=${PERCENT}`);
}
