import { readExactYaml } from "../../config/exact-yaml.ts";
import type { EngineOption } from "../../engine/options.ts";
import { UsageError } from "../../errors.ts";
import { advice } from "../../text/nearest.ts";

/** What stands on the command line beside the command's own flags. */
export interface EngineWords {
  /** In their order. */
  paths: string[];
  options: Record<string, unknown>;
}

/**
 * Reads words such as `model.pth --opset_version 17 --dynamic-axes '{x: {0: batch}}'`: options of engines by their names,
 * with `-` or `_`, their values as YAML. `own`: the command's own flags, for the nearest name. Throws `UsageError` for a
 * flag that no engine has, one without its value, one given twice, and a value that is no YAML.
 */
export function readEngineFlags(
  words: readonly string[],
  known: readonly EngineOption[],
  own: readonly string[],
): EngineWords {
  const found: EngineWords = { paths: [], options: {} };
  const left = [...words];

  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!/^-./.test(word)) {
      found.paths.push(word);
      continue;
    }

    const { name, value } = split(word);
    const option = optionOf(name, known, own);
    if (option.name in found.options)
      throw wrong(`--${name} is given twice`, "give it once");

    const text = value ?? (takesNext(option, left) ? left.shift() : undefined);
    found.options[option.name] = readValue(name, option, text);
  }

  return found;
}

/** `--name=value` or `--name`. */
function split(word: string): { name: string; value: string | undefined } {
  const [, name = "", value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { name, value };
}

function optionOf(
  name: string,
  known: readonly EngineOption[],
  own: readonly string[],
): EngineOption {
  const option = known.find((each) => each.name === name.replaceAll("-", "_"));
  if (option) return option;

  const names = [...new Set([...own, ...known.map((each) => each.name)])];
  throw wrong(
    `neither export nor an engine has a flag --${name}`,
    advice(name, names),
  );
}

/** A flag that may stand alone takes the next word only where that is a value of it. */
function takesNext({ type }: EngineOption, left: readonly string[]): boolean {
  const next = left[0];
  if (next === undefined) return false;

  return type === "boolean"
    ? ["true", "false"].includes(next)
    : !next.startsWith("--");
}

function readValue(
  name: string,
  { type }: EngineOption,
  text: string | undefined,
): unknown {
  if (text === undefined) {
    if (type === "boolean") return true;
    throw wrong(`--${name} needs a value`, `write --${name} VALUE`);
  }
  if (type === "string") return text;

  const read = readExactYaml(text, `--${name}`);
  if ("problems" in read)
    throw wrong(
      `the value of --${name} cannot be used: ${read.problems[0]?.message}`,
      "put it into single quotes for the shell, such as --dynamic_axes '{x: {0: batch}}', or into a file for --options",
    );

  // Names with commas are what people know from other exporters.
  return type === "array" && typeof read.data === "string"
    ? read.data.split(",")
    : read.data;
}

function wrong(message: string, hint: string): UsageError {
  return new UsageError(message, { code: "setting", hint });
}
