import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface WebautoCall {
  argv: string[];
  env: Record<string, string>;
}

export interface WebautoStandIn {
  /** Folder for the PATH. */
  bin: string;
  /** What it was run with, in order. */
  calls(): WebautoCall[];
  /** For a file of this name: shell lines that run after the call was recorded. */
  does(filename: string, shell: string): void;
}

/** A program `webauto` that records each call, and does what the test wants of a file. */
export function webautoStandIn(root: string, name = "webauto"): WebautoStandIn {
  const bin = join(root, "bin");
  const log = join(root, `${name}.log`);
  const deeds = join(root, `${name}-deeds`);
  mkdirSync(bin, { recursive: true });
  mkdirSync(deeds, { recursive: true });
  const path = JSON.stringify;
  writeFileSync(
    join(bin, name),
    `#!${process.execPath}
const { appendFileSync, existsSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const argv = process.argv.slice(2);
appendFileSync(${path(log)}, JSON.stringify({ argv, env: process.env }) + "\\n");
const filename = argv[argv.indexOf("--filename") + 1];
const deed = ${path(`${deeds}/`)} + filename;
if (existsSync(deed)) {
  const { status, signal } = spawnSync("/bin/sh", [deed], { stdio: "inherit" });
  process.exit(signal ? 99 : status);
}
console.log("pushed " + filename);
`,
    { mode: 0o755 },
  );

  return {
    bin,
    calls: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            // Behind the last line's end may lie one that is being written.
            .slice(0, -1)
            .map((line) => JSON.parse(line))
        : [],
    does: (filename, shell) => writeFileSync(join(deeds, filename), shell),
  };
}
