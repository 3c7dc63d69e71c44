import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namedCommands } from "../../src/commands/program/command-help.ts";
import { makeProgram } from "../../src/commands/program/program.ts";
import type { Context } from "../../src/context.ts";
import { EXIT_MEANINGS } from "../../src/errors.ts";
import { temporaryFolder } from "../child/children.ts";
import { commandLine } from "../support/command-line.ts";

// Nothing runs here: the program asks for its version alone.
const ctx = { version: "1.2.3" } as Context;
const io = { print() {}, exit() {}, stopAfter() {} };
const names = namedCommands(makeProgram(ctx, io, [])).map(([words]) => words);
const program = makeProgram(ctx, io, names);
const commands = namedCommands(program);

/** What `--help` of a command prints. */
function helpOf(words: string): string {
  let text = "";
  const [, command] = commands.find(([each]) => each === words) ?? [];
  command?.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command?.outputHelp();
  return text;
}

describe("--help", () => {
  it("of the program has its commands", () => {
    expect(names.length).toBeGreaterThan(20);
  });

  it.each(names)("of %s has an example and its exit codes", (words) => {
    const help = helpOf(words);
    expect(help).toMatch(/\nExamples?:\n {2}model-to-edge /);
    expect(help).toContain(`\nExit codes:\n  0   ${EXIT_MEANINGS[0]}\n`);
    expect(help).toContain(`\n  2   ${EXIT_MEANINGS[2]}\n`);
  });

  it.each(names)(
    "of %s shows examples that the command takes",
    async (words) => {
      const [, shown = ""] =
        /\nExamples?:\n([\s\S]*?)\n\n/.exec(helpOf(words)) ?? [];
      const examples = shown.split("\n").map((line) => line.trim());

      for (const example of examples) {
        const argv = example
          .replace(/ > .*/, "")
          .replaceAll("'", "")
          .split(" ")
          .slice(1);
        expect(argv.join(" ").startsWith(words)).toBe(true);

        const tried = makeProgram(ctx, io, argv);
        const ran: string[] = [];
        for (const [name, command] of namedCommands(tried))
          command.action(() => void ran.push(name));
        await tried.parseAsync(argv, { from: "user" });
        expect(ran).toEqual([words]);
      }
    },
  );
});

describe("flags", () => {
  it.each([
    ["publish", "--engine", "toy"],
    ["convert", "--publish", "all"],
    ["report", "--force"],
    ["plan", "--mlflow", "off"],
    ["explain", "x", "--models", "y"],
    ["publish", "--no-publish"],
  ])("that %s does not heed are refused: %s", async (...words) => {
    const tried = makeProgram(ctx, io, words);
    let said = "";
    for (const [, command] of namedCommands(tried))
      command.configureOutput({
        writeErr: (text) => {
          said += text;
        },
      });

    await expect(tried.parseAsync(words, { from: "user" })).rejects.toThrow(
      "unknown option",
    );
    expect(said).toContain(`'${words.find((each) => each.startsWith("--"))}'`);
    expect(said).toContain(`(model-to-edge ${words[0]} --help lists`);
  });
});

const CASES: [line: string[], offered: string[]][] = [
  [["profi"], ["profiles"]],
  [
    ["engine", ""],
    ["install", "list"],
  ],
  [["engine", "install", "toy"], ["toy"]],
  [
    ["run", "--publish", ""],
    ["all", "none", "passed"],
  ],
  [["demo", "--engine", "mm"], ["mmdeploy"]],
  [["land", "--delete-branch", "a"], ["always"]],
  [["run", "--note-p"], ["--note-pictures"]],
];

/** What each shell, for real, offers for a line whose last word is being typed. */
const ASK: Record<string, (script: string, line: string[]) => string[]> = {
  bash: (script, line) => [
    "-c",
    `source "${script}"; COMP_WORDS=(model-to-edge "$@"); COMP_CWORD=$#; _model_to_edge; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    ...line,
  ],
  zsh: (script, line) => [
    "-fc",
    `autoload -U compinit; compinit -D; source "${script}"
     compadd() { shift; print -rl -- \${(M)@:#$typed*}; }; _files() { }
     words=(model-to-edge "$@"); CURRENT=$#words; typed="$words[-1]"; _model_to_edge`,
    "zsh",
    ...line,
  ],
  fish: (script, line) => [
    "--no-config",
    "-c",
    `source "${script}"; complete -C "model-to-edge ${line.join(" ")}" | string split -f1 \\t`,
  ],
};

describe.each(Object.keys(ASK))("completion for %s", (shell) => {
  const isHere = !spawnSync(shell, ["--version"]).error;

  it.skipIf(!isHere)("offers commands, flags and values", async () => {
    const cwd = temporaryFolder();
    const { code, stdout } = await commandLine(["completion", shell], { cwd });
    expect(code).toBe(0);
    const script = join(cwd, "script");
    writeFileSync(script, stdout);

    for (const [line, offered] of CASES) {
      const asked = spawnSync(shell, ASK[shell]?.(script, line) ?? [], {
        cwd,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: cwd, LANG: "C" },
      });
      const said = asked.stdout.split("\n").filter((word) => word !== "");
      expect({ line, said: said.sort(), stderr: asked.stderr }).toEqual({
        line,
        said: offered,
        stderr: "",
      });
    }
  });

  it("names the shells that it knows for another one", async () => {
    const { code, stdout } = await commandLine(["completion", `${shell}x`], {
      cwd: temporaryFolder(),
    });
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining(`did you mean "${shell}"`),
    ]);
  });
});
