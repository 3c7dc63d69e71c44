import type { Context } from "../../src/context.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import type { Log } from "../../src/log/log.ts";

/** A context for stores that keeps what was logged. */
export function storeContext(overrides: Partial<Context> = {}) {
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
  };
  const log: Log = {
    info: keep,
    warn: keep,
    error: keep,
    section: (_title, work) => work(),
    progress: () => ({ advance() {}, at() {}, end() {} }),
  };
  const signal = new AbortController().signal;
  return {
    environment: readEnvironment({}),
    home: "/nonexistent",
    fetch,
    log,
    signal,
    now: () => new Date(),
    lines,
    ...overrides,
  };
}
