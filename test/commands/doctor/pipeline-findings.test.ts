import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isolationFix } from "../../../src/commands/doctor/machine-findings.ts";
import { temporaryFolder } from "../../child/children.ts";
import { CONVERT } from "../../gitlab/lint/lint-rows.ts";
import { commandLine } from "../../support/command-line.ts";

const STAGES = "stages: [build, deploy]\n";

function projectWith(pipeline: string): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, ".gitlab-ci.yml"), pipeline);
  return cwd;
}

it("doctor says what the project's own pipeline does to our job, with a cure, and ends with 2", async () => {
  const cwd = projectWith(`${STAGES}${CONVERT}`);
  const { code, stdout } = await commandLine(["doctor"], { cwd });
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /wrong +\.gitlab-ci\.yml: the stage test .* is not among stages: build, deploy\n *fix: add test to stages:/,
  );
});

it("init warns of what the pipeline that is there does to the lines that it prints", async () => {
  const init = ["init", "--store", "lakefs://vision"];
  const warned = await commandLine(init, { cwd: projectWith(STAGES) });
  expect(warned.code).toBe(0);
  expect(warned.stdout + warned.stderr).toContain(
    ".gitlab-ci.yml with these lines: the stage test of model-to-edge-convert is not among",
  );

  const there = await commandLine(init, { cwd: projectWith(CONVERT) });
  expect(there.stdout + there.stderr).not.toContain("with these lines");
});

it("who is root is not told to run as root", () => {
  expect(isolationFix(0)).not.toContain("root");
  expect(isolationFix(1000)).toContain("run the job as root");
  expect(isolationFix(undefined)).toContain("Landlock");
});

it("doctor asks for one engine, or for the one that is named", async () => {
  const cwd = temporaryFolder();
  const cache = { MODEL_TO_EDGE_CACHE: temporaryFolder() };
  const one = await commandLine(["doctor"], { cwd, env: cache });
  expect(one.stdout).toMatch(/note +engine sklearn: not installed/);
  expect(one.stdout).toMatch(/ok +engine toy/);
  expect(one.code).toBe(0);

  const env = { ...cache, MODEL_TO_EDGE_ENGINE: "sklearn" };
  const named = await commandLine(["doctor"], { cwd, env });
  expect(named.stdout).toMatch(
    /missing +engine sklearn: not installed\n +fix: model-to-edge engine install sklearn/,
  );
  expect(named.code).toBe(2);
});
