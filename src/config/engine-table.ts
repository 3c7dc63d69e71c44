import { UsageError } from "../errors.ts";

/**
 * `ENGINE=VALUE; ENGINE=VALUE` by engine: what one option says of several engines. Throws `UsageError` where it is not
 * of this form, or names an engine twice.
 */
export function readEngineTable(
  option: string,
  text: string,
): ReadonlyMap<string, string> {
  const table = engineTable(text);
  if (table) return table;

  throw new UsageError(
    `--${option} must be a list of the form ENGINE=VALUE; ENGINE=VALUE, each engine once, not ${JSON.stringify(text)}`,
    {
      code: "setting",
      hint: `correct \`--${option}\` (input ${option})`,
    },
  );
}

function engineTable(text: string): ReadonlyMap<string, string> | null {
  const table = new Map<string, string>();
  for (const entry of entriesOf(text, ";")) {
    const [, engine, value] = /^([A-Za-z0-9_-]+) *= *(.*)$/.exec(entry) ?? [];
    if (!engine || !value || table.has(engine)) return null;

    table.set(engine, value);
  }

  return table;
}

/** `a, b` as a list, without empty entries. */
export function commaList(text: string): string[] {
  return entriesOf(text, ",");
}

function entriesOf(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
