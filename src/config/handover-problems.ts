import { suggestion } from "../text/nearest.ts";
import { parseDuration } from "./duration.ts";
import {
  type HandoverEntry,
  knownPlaceholders,
  toolOf,
} from "./handover-settings.ts";
import { HANDOVER_TOOLS } from "./handover-tools.ts";
import { placeholdersIn } from "./placeholders.ts";
import type { ConfigProblem, YamlFile } from "./yaml-file.ts";

/** What is wrong with the entries of a `handover:` beyond its schema, each at its place. `path`: keys that lead there. */
export function handoverProblems(
  entries: readonly HandoverEntry[],
  path: readonly string[],
  yaml: YamlFile,
): ConfigProblem[] {
  return entries.flatMap((entry, index) => {
    const at = (keys: readonly string[], message: string) =>
      yaml.atValue([...path, String(index), ...keys], message);
    const isSecond =
      entries.findIndex(({ name }) => name === entry.name) < index;

    return [
      ...(isSecond
        ? [at(["name"], `the hand-over "${entry.name}" is there twice`)]
        : []),
      ...(entry.run ? runProblems(entry, at) : toolProblems(entry, at)),
      ...unknownPlaceholders(entry, at),
      ...timeoutProblems(entry, at),
    ];
  });
}

type At = (keys: readonly string[], message: string) => ConfigProblem;

function runProblems({ run, with: inputs }: HandoverEntry, at: At) {
  const [program = ""] = run ?? [];

  return [
    ...(placeholdersIn(program).length > 0
      ? [at(["run", "0"], "the program itself has no placeholders")]
      : []),
    ...(inputs
      ? [at(["with"], "`with` is for a built-in tool, and here is a `run`")]
      : []),
  ];
}

/** Without `run`, the name is that of a tool, and `with` has its inputs. */
function toolProblems(entry: HandoverEntry, at: At): ConfigProblem[] {
  const tool = toolOf(entry);
  if (!tool) {
    const names = HANDOVER_TOOLS.map(({ name }) => name);
    return [
      at(
        ["name"],
        `the hand-over "${entry.name}" has no \`run\`, and is not built in: ${suggestion(entry.name, names)}`,
      ),
    ];
  }

  const given = Object.keys(entry.with ?? {});
  const missing = tool.inputs.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !tool.inputs.includes(name));

  return [
    ...(missing.length > 0
      ? [
          at(
            [],
            `${tool.name} needs \`with: {${missing.map((name) => `${name}: …`).join(", ")}}\``,
          ),
        ]
      : []),
    ...unknown.map((name) =>
      at(
        ["with", name],
        `unknown input "${name}": ${suggestion(name, tool.inputs)}`,
      ),
    ),
  ];
}

function unknownPlaceholders(entry: HandoverEntry, at: At): ConfigProblem[] {
  const texts = [
    ...(entry.run ?? []).map(
      (text, index) => ["run", text, ["run", String(index)]] as const,
    ),
    ["next", entry.next ?? "", ["next"]] as const,
  ];

  return texts.flatMap(([of, text, keys]) => {
    const known = knownPlaceholders(entry, of).map((name) => `{${name}}`);
    return placeholdersIn(text)
      .map((name) => `{${name}}`)
      .filter((written) => !known.includes(written))
      .map((written) =>
        at(
          keys,
          `unknown placeholder "${written}": ${suggestion(written, known)}`,
        ),
      );
  });
}

function timeoutProblems({ timeout }: HandoverEntry, at: At): ConfigProblem[] {
  return timeout === undefined || parseDuration(timeout) !== null
    ? []
    : [at(["timeout"], `"${timeout}" is not a duration such as 90s or 10m`)];
}
