import { afterEach, beforeEach, vi } from "vitest";
import {
  createLog,
  type LogOptions,
  type ProgramLog,
} from "../../src/log/log.ts";

/** A log, and what it has written so far. */
export function recorder(
  options: Partial<LogOptions> & { isTTY?: boolean } = {},
): { log: ProgramLog; text(): string } {
  let text = "";
  const { isTTY = false, ...rest } = options;
  const target = {
    isTTY,
    write(part: string) {
      text += part;
    },
  };
  const defaults = {
    sections: false,
    colour: false,
    mask: (line: string) => line,
    now: () => new Date(),
    docs: "https://docs.test",
  };
  return { log: createLog(target, { ...defaults, ...rest }), text: () => text };
}

/** Stops the clock of each test of a file at this moment. */
export function stopClockAt(now: Date): void {
  beforeEach(() => {
    vi.useFakeTimers({ now });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}
