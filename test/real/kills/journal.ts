import { appendFileSync } from "node:fs";

/** What happened, in order, and how often: the file of a long run is read by people. */
export interface Journal {
  note(line: string): void;
  count(what: string): void;
  /** Something that must never happen. */
  wrong(line: string): void;
  readonly counts: Readonly<Record<string, number>>;
  readonly found: readonly string[];
}

/** `file`: null keeps the lines to itself. */
export function openJournal(file: string | null): Journal {
  const counts: Record<string, number> = {};
  const found: string[] = [];
  const note = (line: string) => {
    const time = new Date().toISOString().slice(11, 23);
    if (file) appendFileSync(file, `${time} ${line}\n`);
  };

  return {
    counts,
    found,
    note,
    count(what) {
      counts[what] = (counts[what] ?? 0) + 1;
    },
    wrong(line) {
      found.push(line);
      note(`WRONG ${line}`);
    },
  };
}
