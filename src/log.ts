import type { SecretMask } from "./mask.ts";

/** What people read while it runs: one line per state change, in order. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
  /** Collapsible in GitLab's job log, a plain title elsewhere; closed in any case. */
  section<T>(title: string, work: () => Promise<T>, options?: { collapsed?: boolean }): Promise<T>;
  /** A long piece of work: a bar on a terminal, a line every 15 s elsewhere. `total` in `unit`. */
  progress(label: string, total?: number, unit?: "bytes" | "steps"): Progress;
}

export interface Progress {
  advance(by: number): void;
  /** For work that reports where it stands. */
  at(done: number, total?: number): void;
  end(): void;
}

export interface LogTarget {
  write(text: string): void;
  isTTY: boolean;
}

export interface LogOptions {
  /** GitLab's section markers. */
  sections: boolean;
  colour: boolean;
  mask: SecretMask;
  now(): Date;
}
