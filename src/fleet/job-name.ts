import { wellFormed } from "../text/plain-text.ts";
import { JOB_NAME } from "./limits.ts";
import type { Batch } from "./spread.ts";

/**
 * The name of a convert job: its number makes it unique, its first model makes it readable. What a log or a page could
 * stumble over is left out of the model's name, and what GitLab would not take is cut.
 */
export function convertJobName(number: number, { models }: Batch): string {
  const [first = ""] = models;
  const others = models.length - 1;
  const begin = `convert ${number}: `;
  const end = others === 0 ? "" : ` and ${others} more`;
  const room = JOB_NAME - begin.length - end.length;

  return begin + cut(plainName(first), room) + end;
}

/** Control characters, line breaks and marks that turn the writing direction, as `_`. */
function plainName(name: string): string {
  return wellFormed(name).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "_");
}

/** At most so many UTF-16 units, whole characters. */
function cut(text: string, room: number): string {
  if (text.length <= room) return text;

  let short = "";
  for (const character of text) {
    if (short.length + character.length > room - 1) break;
    short += character;
  }

  return `${short}…`;
}
