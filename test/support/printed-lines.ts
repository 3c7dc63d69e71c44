import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { CLI } from "./command-line.ts";

/** What a shell block of a note says, word for word; throws where the note has none. */
export function printedLines(note: string): string {
  const [, block] =
    /```sh\n(model-to-edge fetch [\s\S]*?)\n```/.exec(note) ?? [];
  if (block === undefined) throw new Error(`no lines to fetch in: ${note}`);
  return block;
}

/** The lines of `note.md` in the output folder of a run. */
export function linesOfRun(cwd: string, file = "note.md"): string {
  const path = join(cwd, "model-to-edge-out/report", file);
  return printedLines(readFileSync(path, "utf8"));
}

export interface ShellRun {
  code: number;
  log: string;
  /** Where it ran: a folder of its own, gone after the test. */
  cwd: string;
}

/** Runs lines as a person would paste them: in a shell that stops at the first failure, with the program in its PATH. */
export function inShell(
  lines: string,
  {
    env = {},
    files = {},
  }: { env?: Record<string, string>; files?: Record<string, string> },
): Promise<ShellRun> {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-device-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [program, cwd] = [
    join(root, "model-to-edge"),
    mkdtempSync(join(root, "at-")),
  ];
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`,
  );
  chmodSync(program, 0o755);
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(cwd, name), text);

  return new Promise((done) =>
    execFile(
      "sh",
      ["-ec", lines],
      { cwd, env: { PATH: `${root}:${process.env.PATH}`, HOME: root, ...env } },
      (error, stdout, stderr) =>
        done({ code: Number(error?.code ?? 0), log: stdout + stderr, cwd }),
    ),
  );
}
