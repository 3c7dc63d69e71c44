import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VERSION = /^\d+\.\d+\.\d+\S*\n$/;
let folder: string;
let clone: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-package-"));
  clone = join(folder, "clone");
  makeClone();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Git tracks, as it lies here, and the dependencies; nothing is built. */
function makeClone(): void {
  const tracked = run("git", ["ls-files", "-z", "--deduplicate"], ROOT);
  for (const path of tracked.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(clone, path)), { recursive: true });
    cpSync(join(ROOT, path), join(clone, path), { force: true });
  }

  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
}

function run(command: string, words: string[], cwd: string): string {
  return execFileSync(command, words, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

describe("the package", () => {
  it("is packed with a command line that runs, though nothing was built before", () => {
    const archive = run("npm", ["pack", "--silent"], clone).trim().split("\n");
    run("tar", ["xzf", join(clone, archive.at(-1) ?? "")], folder);
    const unpacked = join(folder, "package");
    symlinkSync(join(ROOT, "node_modules"), join(unpacked, "node_modules"));

    const cli = join(unpacked, "dist/cli.js");
    const answer = run(process.execPath, [cli, "--version"], folder);
    const engines = run(process.execPath, [cli, "engine", "list"], folder);

    expect(answer).toMatch(VERSION);
    expect(engines).toContain("mmdeploy");
  });

  it("is on the path after npm ci and npm i -g in a clone", () => {
    // What `npm ci` runs at its end.
    run("npm", ["run", "--silent", "prepare"], clone);
    const prefix = join(folder, "global");
    run("npm", ["install", "-g", "--offline", "--prefix", prefix, "."], clone);

    const command = join(prefix, "bin/model-to-edge");
    expect(run(command, ["--version"], folder)).toMatch(VERSION);
  });
});
