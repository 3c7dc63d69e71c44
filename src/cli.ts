#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";

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

const answer = knownAnswer(process.argv.slice(2));
if (answer === null)
  process.exitCode = await (await import("./main.ts")).main(process);
else process.stdout.write(answer);
