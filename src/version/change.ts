import { code, type Part, sentence } from "../text/message.ts";

/** How much a change asks of a program that runs the model, from the most to the least. */
export const LEVELS = ["breaking", "additive", "weights", "none"] as const;

/**
 * `breaking`: the program must change. `additive`: it may. `weights`: it gets other numbers, or different graph behind the
 * same contract. `none`: nothing differs.
 */
export type Level = (typeof LEVELS)[number];

/** One difference, as a sentence without its full stop. */
export interface Change {
  level: Exclude<Level, "none">;
  parts: Part[];
}

/** The level of all changes together: that of the gravest. */
export function levelOf(changes: readonly Change[]): Level {
  const levels = new Set<Level>(changes.map(({ level }) => level));
  return LEVELS.find((level) => levels.has(level)) ?? "none";
}

export function breaking(parts: Part[]): Change {
  return { level: "breaking", parts };
}

export function additive(parts: Part[]): Change {
  return { level: "additive", parts };
}

/** A value of a JSON document, short enough for a sentence. */
export function shown(value: unknown): Part {
  if (value === undefined || value === null) return { text: "nothing" };

  const text = JSON.stringify(value);
  return code(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** `what` was …, is … */
export function wasIs(what: Part[], was: unknown, is: unknown): Part[] {
  return sentence`${what} was ${shown(was)}, is ${shown(is)}`;
}

const LONGEST = 80;
