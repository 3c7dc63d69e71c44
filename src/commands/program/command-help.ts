import type { Command } from "commander";
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../../errors.ts";

/** What `--help` of a command adds to its flags. */
interface CommandHelp {
  /** Whole command lines, without the program's name. */
  examples: readonly string[];
  exits: readonly ExitCode[];
}

const { ok, check, usage, external, bug } = EXIT;
const ALL = [ok, check, usage, external, bug];
const UNJUDGED = [ok, usage, external, bug];
const LOCAL = [ok, usage, bug];

/** By the command's whole name. */
const HELP: Readonly<Record<string, CommandHelp>> = {
  run: {
    examples: ["run --store lakefs://vision --model-branch main"],
    exits: ALL,
  },
  plan: {
    examples: ["plan --store lakefs://vision --model-branch main"],
    exits: UNJUDGED,
  },
  fleet: {
    examples: [
      "fleet --image registry.example/model-to-edge/runner:1.0.0 --max-jobs 20",
    ],
    exits: LOCAL,
  },
  convert: { examples: ["convert --store lakefs://vision"], exits: ALL },
  publish: { examples: ["publish --store lakefs://vision"], exits: ALL },
  report: { examples: ["report --store lakefs://vision"], exits: ALL },
  config: { examples: ["config --store lakefs://vision"], exits: LOCAL },
  export: {
    examples: [
      "export model.skops --target_opset 15",
      "export detector/ --engine NAME --out edge",
    ],
    exits: ALL,
  },
  land: {
    examples: [
      "land --store lakefs://vision --land off",
      "land --store lakefs://vision --undo '!7'",
    ],
    exits: ALL,
  },
  promote: {
    examples: [
      "promote --store lakefs://vision --model detector --to s3://models/autoware-ml --algorithm CenterPoint",
      "promote --store lakefs://vision --model detector --to s3://models/autoware-ml --algorithm CenterPoint --back",
      "promote --info data/base --awml-version v0.3.0 --set base --to s3://models/autoware-ml",
      "promote --auto-label data/labels --day 20241101 --dataset xx1 --to s3://models/autoware-ml",
    ],
    exits: ALL,
  },
  catalogue: {
    examples: [
      "catalogue --store lakefs://vision --from s3://models/autoware-ml",
    ],
    exits: UNJUDGED,
  },
  explain: {
    examples: [
      "explain detector --store lakefs://vision --model-branch feature--new",
    ],
    exits: UNJUDGED,
  },
  branch: {
    examples: [
      "branch feature/new",
      "branch feature/new --create --store lakefs://vision",
      "branch --all --store lakefs://vision",
    ],
    exits: UNJUDGED,
  },
  pin: {
    examples: ["pin --store lakefs://vision --model-branch feature--new"],
    exits: UNJUDGED,
  },
  validate: {
    examples: [
      "validate edge/detector --evidence evidence/detector",
      "validate edge/detector --evidence evidence/detector --performance",
    ],
    exits: ALL,
  },
  verify: {
    examples: [
      "verify edge/detector --key model-to-edge.pub",
      "verify lakefs://vision --model-branch main",
    ],
    exits: ALL,
  },
  fetch: {
    examples: ["fetch lakefs://vision/main/detector ./detector"],
    exits: ALL,
  },
  diff: { examples: ["diff old/detector edge/detector"], exits: ALL },
  keygen: { examples: ["keygen"], exits: LOCAL },
  doctor: {
    examples: ["doctor", "doctor --store lakefs://vision"],
    exits: LOCAL,
  },
  profiles: { examples: ["profiles --json"], exits: LOCAL },
  "engine list": { examples: ["engine list"], exits: LOCAL },
  "engine install": {
    examples: ["engine install NAME"],
    exits: UNJUDGED,
  },
  init: {
    examples: [
      "init --store lakefs://vision",
      "init --store lakefs://vision --lakefs-action",
    ],
    exits: UNJUDGED,
  },
  demo: { examples: ["demo", "demo --engine NAME"], exits: ALL },
  sweep: {
    examples: [
      "sweep --store lakefs://vision --older-than 48h --dry-run",
      "sweep --store lakefs://vision --stale-branches",
    ],
    exits: UNJUDGED,
  },
  completion: {
    examples: ["completion bash > /etc/bash_completion.d/model-to-edge"],
    exits: LOCAL,
  },
};

/** Examples and exit codes below the flags of each command that HELP has; after a wrong one, where its flags are listed. */
export function addCommandHelp(program: Command): void {
  for (const [words, command] of namedCommands(program)) {
    command.showHelpAfterError(
      `(${program.name()} ${words} --help lists what it accepts)`,
    );
    const help = HELP[words];
    if (help) command.addHelpText("after", () => textOf(program, help));
  }
}

/** Every command that does something, by its whole name: `run`, `engine list`. */
export function namedCommands(
  parent: Command,
  before: readonly string[] = [],
): [words: string, command: Command][] {
  return parent.commands.flatMap((command) => {
    const words = [...before, command.name()];
    return command.commands.length > 0
      ? namedCommands(command, words)
      : [[words.join(" "), command] as [string, Command]];
  });
}

function textOf(program: Command, { examples, exits }: CommandHelp): string {
  return [
    "",
    examples.length > 1 ? "Examples:" : "Example:",
    ...examples.map((example) => `  ${program.name()} ${example}`),
    "",
    "Exit codes:",
    ...exits.map(
      (code) => `  ${String(code).padEnd(3)} ${EXIT_MEANINGS[code]}`,
    ),
  ].join("\n");
}
