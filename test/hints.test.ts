import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { makeProgram } from "../src/commands/program/program.ts";
import type { Context } from "../src/context.ts";

const ROOT = resolve("src");
const FILES = new Map(
  readdirSync(ROOT, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [join(ROOT, name), readFileSync(join(ROOT, name), "utf8")]),
);

/** Options of each command. A demo is a run with another folder. */
function optionsByCommand(): Map<string, Set<string>> {
  const io = {
    ...{ print: () => undefined, exit: () => undefined },
    stopAfter: () => undefined,
  };
  const make = (words: string[]) =>
    makeProgram({ version: "0" } as Context, io, words).commands;
  const names = make([]).map((command) => command.name());

  return new Map(
    make(names)
      .filter((command) => !["demo", "help"].includes(command.name()))
      .map((command) => [
        command.name(),
        new Set(command.options.map(({ long }) => long ?? "")),
      ]),
  );
}

/** Files that a command's own file loads, at once or later. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports =
    /^(?:import|export) (?!type\b)[^"']*?from "(\.[^"]+)"|import\("(\.[^"]+)"\)/gm;
  for (const [, now, later] of (FILES.get(file) ?? "").matchAll(imports))
    loadedBy(resolve(dirname(file), now ?? later ?? ""), seen);

  return seen;
}

/** Options of other programs, and of engines. */
const FOREIGN = new Set(
  "--allowed-hosts --metadata --object --serve-artifacts --source".split(" "),
);

/**
 * Who says it, where a file is loaded by commands that never come to it: these alone, or none of ours. An input of the
 * component is named beside an option that only another step of a fleet has.
 */
const ONLY: Record<string, string> = {
  "config/fleet-options.ts --batch": "convert",
  "config/promote-options.ts --auto-label": "promote",
  "config/promote-options.ts --info": "promote",
  "config/promote-options.ts --model": "promote",
  "config/promote-options.ts --to": "promote",
  "config/sweep-options.ts --delete": "sweep",
  "config/sweep-options.ts --dry-run": "sweep",
  "config/sweep-options.ts --stale-branches": "sweep",
  "convert/refuse-exposed-key.ts --unsigned": "run convert",
  "document/document.ts --out": "convert publish report fleet",
  // Others name what they write to: `writtenBelow`.
  "disk/not-writable.ts --out":
    "run plan convert publish report fleet land promote catalogue explain export verify diff keygen",
  "plan/branch-state.ts --model-branch": "run plan explain",
  "plan/branch-state.ts --uncommitted": "run plan explain",
  "registry/claim.ts --version": "promote",
  "registry/folder-place.ts --to": "promote",
  "registry/gitlab/package-bytes.ts --version": "promote",
  "registry/mlflow/aliases.ts --alias": "promote",
  "registry/object-target.ts --single-writer": "promote",
  "store/file/landed-models.ts --older-than": "sweep",
  "store/refusals.ts --older-than": "sweep",
};

const OPTIONS = new Map(
  [...FILES].map(([file, text]) => [file, optionsOf(text)]),
);

test("a hint names no option that the command which says it lacks", () => {
  const commands = optionsByCommand();
  const known = new Set([...commands.values()].flatMap((all) => [...all]));
  const wrong = [...commands].flatMap(([command, own]) =>
    [...loadedBy(join(ROOT, "commands", `${command}.ts`))].flatMap((file) =>
      (OPTIONS.get(file) ?? [])
        .filter(({ option }) => !FOREIGN.has(option) && !own.has(option))
        .filter(({ hasInput, option }) => !(hasInput && known.has(option)))
        .map(({ option }) => `${relative(ROOT, file)} ${option}`)
        .filter((key) => ONLY[key]?.split(" ").includes(command) ?? true)
        .map((key) => `${command}: ${key}`),
    ),
  );

  expect(wrong).toEqual([]);
});

/** Options between backticks in a file's texts for people. */
function optionsOf(text: string) {
  if (!text.includes("`--")) return [];
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const named =
    /(?<=\\|"[^"\n]*)`(--[a-z][a-z-]+)[^`\\]*\\?`( \((?:the input|input|in the component))?/g;

  return [...code.matchAll(named)].map(([, option = "", input]) => ({
    option,
    hasInput: input !== undefined,
  }));
}

/** Words that a hint says what to do with. */
const VERBS = new Set(
  (
    "add ask change check choose commit compare convert copy correct create delete export fetch free give hand include install " +
    "keep land leave let load look make merge move name narrow pack promote publish put quote raise read remove rename renew " +
    "replace rerun run see set sign split start take train unset update upload use wait write"
  ).split(" "),
);

test("a hint says what to do", () => {
  const texts = [...FILES].flatMap(([file, text]) =>
    [
      ...text.matchAll(
        /\bhint:\s*(?:[^;{}"`?]*\?\s*)?("(?:[^"\\]|\\.)+"|`(?:[^`\\]|\\.)+`)/g,
      ),
    ].map(([, hint = ""]) => [relative(ROOT, file), hint.slice(1, -1)]),
  );
  const idle = texts.filter(([, hint = ""]) => !isAdvice(hint));

  expect(texts.length).toBeGreaterThan(250);
  expect(idle).toEqual([]);
});

/** One of its clauses begins with what to do, or is made elsewhere. */
function isAdvice(hint: string): boolean {
  return hint
    .split(/[;:,.?] |\b(?:or|and|then|else|once|also|first|either) /)
    .some((clause) => {
      const [first = ""] = clause.trim().toLowerCase().split(/[ ,]/);
      return VERBS.has(first) || first.startsWith("${");
    });
}
