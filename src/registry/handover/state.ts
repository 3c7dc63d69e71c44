/** What became of a hand-over; a part of `promotion.json`. */
export interface HandoverState {
  name: string;
  /** `planned`: a dry run. `failed`: some or all files were not taken. */
  status: "done" | "failed" | "planned";
  files: HandedState[];
  /** How many of them are there now, such as "3 of 4 files". */
  handed: string;
  /** Why it failed; null of one that did not. */
  reason: string | null;
  /** What a person does next. */
  next: string | null;
}

export interface HandedState {
  name: string;
  /** `before`: an earlier job handed it over. `waiting`: it was not tried. */
  status: "sent" | "before" | "failed" | "waiting";
  /** Of the program; null where it did not run, or has none. */
  exit: number | null;
}

/** "3 of 4 files". */
export function handedOf(files: readonly HandedState[]): string {
  const there = files.filter(({ status }) =>
    ["sent", "before"].includes(status),
  );
  return `${there.length} of ${files.length} ${files.length === 1 ? "file" : "files"}`;
}
