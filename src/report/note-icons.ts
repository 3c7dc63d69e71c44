import type { Tone } from "./headline.ts";

/** A sign for each tone: wrong, unproven and "could not be checked" look different. */
export const ICONS: Record<Tone, string> = {
  pass: "✅",
  warn: "⚠️",
  fail: "❌",
  unproven: "❓",
  unchecked: "🚧",
  none: "➖",
};
