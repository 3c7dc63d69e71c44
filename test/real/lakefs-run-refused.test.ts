import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const hook = (event: string, says: string) =>
  [
    `name: rule\non:\n  ${event}:`,
    "hooks:\n  - id: guard\n    type: lua",
    `    properties:\n      script: |\n        error("${says}")\n`,
  ].join("\n");

describe.skipIf(!parts)("a run that a repository's rule refuses", () => {
  let server: LakefsServer;
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  async function runWith(event: string, out: string) {
    const repository = await server.repository();
    const branch = new DataBranch(server, repository, "main");
    await branch.commit({
      "model/det/model.json": '{"channels":4}',
      "model/det/toy.weights": GOOD_WEIGHTS,
      "_lakefs_actions/rule.yaml": hook(event, "ask the data office"),
    });
    const run = await commandLine(
      [
        ...["run", "--store", `lakefs://${repository}`, "--out", out],
        ...["--model-branch", "main", "--isolation", "none"],
      ],
      { cwd, env: server.env },
    );
    return { run, branch };
  }

  it("before the work, where it is about the hidden branch: nothing is converted", async () => {
    const { run, branch } = await runWith("pre-create-branch", "early");
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain("refuses: ask the data office");
    expect(run.stdout + run.stderr).not.toContain("stack traceback");
    expect(run.stdout).not.toContain("Convert det");
    expect(await branch.branches()).toEqual(["main"]);
  });

  it("at the merge: the verdict and all reports are there, and nobody retries", async () => {
    const { run, branch } = await runWith("pre-merge", "late");
    expect(run.code).toBe(2);
    expect(run.stdout).toContain("ask the data office");
    expect(run.stdout).not.toContain("stack traceback");
    for (const file of ["report.html", "junit.xml", "code-quality.json"])
      expect(existsSync(join(cwd, "late/report", file))).toBe(true);
    expect(Object.keys(await branch.hashes(["edge/"]))).toEqual([]);
    expect(await branch.branches()).toEqual(["main"]);
  });
});
