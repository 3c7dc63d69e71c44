import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { commandLine } from "../support/command-line.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { fleetSteps } from "./steps.ts";

const JOB = { CI_PIPELINE_ID: "4711", CI_JOB_NAME: "fleet-plan" };

function place() {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return makeFleetStore(root, { a: {}, b: {} }, CHEAP);
}

it("fleet writes a child pipeline for its plan, or says what is wrong and writes none", async () => {
  const { at, plan, step, fleet } = fleetSteps(place());
  const words = ["fleet", "--image", "runner:1"];
  const images = ["--engine-images", "toy=toy:1"];

  const early = await fleet();
  expect([early.code, early.stdout]).toEqual([
    2,
    expect.stringMatching(/plan\.json is missing/),
  ]);
  expect((await plan()).code).toBe(0);

  const refused: [string[], Record<string, string>, RegExp][] = [
    [words, JOB, /no image is named for the engine toy/],
    [[...words, ...images], {}, /runs in a job of GitLab, and this is none/],
    [[...words, ...images, "--out", at(".")], JOB, /is not a folder inside/],
  ];
  for (const [line, env, message] of refused) {
    const run = await step(line, { env });
    expect([run.code, run.stdout]).toEqual([2, expect.stringMatching(message)]);
  }
  expect(existsSync(at("child-pipeline.yml"))).toBe(false);
  expect(existsSync(at("fleet.json"))).toBe(false);

  const made = await fleet("--max-jobs", "1");
  expect([made.code, made.stdout]).toEqual([
    0,
    expect.stringContaining("fleet: 2 of 2 models in 1 convert job"),
  ]);
  const child = parse(readFileSync(at("child-pipeline.yml"), "utf8"));
  expect(Object.keys(child)).toContain("convert 1: a and 1 more");
});

it("a fork's own pipeline, where plan has nothing to do, gets a child pipeline of one job", async () => {
  const { cwd, url } = place();
  const env = {
    ...JOB,
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "1",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "9",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "x",
    CI_PROJECT_ID: "9",
  };
  for (const words of [
    ["plan", "--store", url],
    ["fleet", "--image", "runner:1"],
  ]) {
    const run = await commandLine(words, { cwd, env });
    expect(run.code, run.stdout).toBe(0);
  }
  const text = readFileSync(
    join(cwd, "model-to-edge-out/child-pipeline.yml"),
    "utf8",
  );
  expect(Object.keys(parse(text))).toEqual(["workflow", "nothing-to-do"]);
});
