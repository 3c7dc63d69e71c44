import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./shell-blocks.ts";

const ALWAYS = [
  ...[
    "src",
    "schemas",
    "scripts",
    "profiles",
    "parameters",
    "components/_shared",
  ],
  "components/_sandbox",
  ...["docs/what-green-means.md", "test/support"],
  ...["package.json", "tsconfig.json", "vitest.config.ts"],
];

/** This repository in a folder of its own, to do there what a page says. */
export interface RepositoryCopy {
  folder: string;
  write(path: string, text: string): void;
  /** Puts text in after a line that is there; throws where it is not. */
  insertAfter(path: string, line: string, text: string): void;
  /** What a node program says; throws with all it said where it fails. */
  node(words: string[], env?: Record<string, string>): string;
  remove(): void;
}

/** Copies what every change needs, and the paths named beside it. */
export function copyRepository(paths: string[]): RepositoryCopy {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-page-"));
  const at = (path: string) => join(folder, path);
  for (const path of [...ALWAYS, ...paths])
    cpSync(join(ROOT, path), at(path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), at("node_modules"));

  return {
    folder,
    write: (path, text) => writeFileSync(at(path), text),
    insertAfter(path, line, text) {
      const before = readFileSync(at(path), "utf8");
      if (!before.includes(`${line}\n`))
        throw new Error(`${path} has no line ${line}`);
      const after = before.replace(`${line}\n`, () => `${line}\n${text}`);
      writeFileSync(at(path), after);
    },
    node: (words, env) =>
      execFileSync(process.execPath, words, {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, ...env },
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The type checker, and the tests in a folder or file. */
export const TSC = "node_modules/typescript/bin/tsc";
export const VITEST = ["node_modules/vitest/vitest.mjs", "run"];
