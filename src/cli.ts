#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";
import { EXIT } from "./errors.ts";
import { machineFault } from "./machine-fault.ts";
import { nodeProblem } from "./node-version.ts";

/** Words that need no code to answer: the build writes what `--help` says, the package knows its version. */
function knownAnswer([word, ...others]: readonly string[]): string | null {
  if (others.length > 0) return null;

  const help = new URL("help.txt", import.meta.url);
  if ((word === "--help" || word === "-h") && existsSync(help))
    return readFileSync(help, "utf8");
  if (word !== "--version" && word !== "-V") return null;

  const text = readFileSync(
    new URL("../package.json", import.meta.url),
    "utf8",
  );

  return `${(JSON.parse(text) as { version: string }).version}\n`;
}

/** Node may be too old for the files that are loaded here, and they may be what the machine does not open. */
async function run(): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem) return tell(problem, EXIT.usage);

  try {
    const { main } = await import("./main.ts");
    return await main(process);
  } catch (error) {
    const fault = machineFault(error);
    if (!fault) throw error;

    return tell(fault, EXIT.external);
  }
}

function tell(
  { what, hint }: { what: string; hint: string },
  exitCode: number,
): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return exitCode;
}

/** A reader that has seen enough (`| head`) ends no work, and is no failure: what is written after that goes nowhere. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}

/** Without its owner's rights, nothing that this program makes could be entered or read again. */
function keepOwnRights(): void {
  const before = process.umask(0o077);
  process.umask(before & 0o077);
}

outliveReaders();
keepOwnRights();
const answer = knownAnswer(process.argv.slice(2));
if (answer === null) process.exitCode = await run();
else process.stdout.write(answer);
