import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  type ChildWish,
  childPipeline,
  emptyChildPipeline,
} from "../../src/fleet/child-pipeline.ts";
import { convertJobName } from "../../src/fleet/job-name.ts";
import { checkLimits } from "../../src/fleet/limits.ts";
import type { Batch } from "../../src/fleet/spread.ts";
import { ciProblems, compileCiSchema } from "../templates/ci-schema.ts";

type Job = Record<string, unknown> & { variables: Record<string, string> };

const check = compileCiSchema();
const WISH: ChildWish = {
  parent: { pipeline: "4711", job: "left-fleet-plan" },
  name: "left-fleet",
  out: "left-model-to-edge-out",
  small: { image: "registry.example/runner:1", tags: ["docker"] },
  engineRunner: (engine) => ({
    image: `registry.example/${engine}:1`,
    tags: engine === "toy" ? ["gpu", "large"] : [],
  }),
  variables: {
    MODEL_TO_EDGE_STORE: "lakefs://vision",
    MODEL_TO_EDGE_STORE_WEB_URL: { value: "https://a/$x", expand: false },
  },
  tokens: { store: {}, signing: {} },
  timeout: "1h30m",
  retry: 1,
  interruptible: true,
  expireIn: "30 days",
};

const batch = (...models: string[]): Batch => ({
  ...{ engine: "toy", models, cost: 1 },
});

/** Names that a model's folder in a store may have. */
const ODD = [
  ...["a: b # c", "- d", "'e'", '"f"', "{g}", "[h]", "*i", "&j", "!k", "%l"],
  ...[
    "@m",
    "`n`",
    ["$", "{o}"].join(""),
    "$CI_JOB_TOKEN",
    "p\nscript: [evil]",
    "q\t\u202er",
  ],
  ...["image", "pages", ".hidden", "default", "日本語", "null", "1.0", "~", ""],
];

function pipelineOf(batches: readonly Batch[]): Record<string, Job> {
  return parse(childPipeline(batches, WISH).text) as Record<string, Job>;
}

function visible(pipeline: Record<string, Job>): string[] {
  const global = ["workflow", "stages", "variables"];
  return Object.keys(pipeline).filter(
    (name) => !name.startsWith(".") && !global.includes(name),
  );
}

describe("the child pipeline of a fleet", () => {
  it.skipIf(!check).each([
    ["two jobs", [batch("a"), batch("b", "c")]],
    ["no job", []],
    ["odd names", ODD.map((name) => batch(name))],
    ["two engines", [batch("a"), { ...batch("b"), engine: "other" }]],
  ])("is one that GitLab's own schema takes, with %s", (_what, batches) => {
    expect(ciProblems(check, pipelineOf(batches))).toEqual([]);
  });

  it("has a job for each batch between one that begins, one that publishes and one that reports", () => {
    const pipeline = pipelineOf([batch("a"), batch("b", "c")]);
    expect(visible(pipeline)).toEqual([
      "left-fleet-start",
      "convert 1: a",
      "convert 2: b and 1 more",
      "left-fleet-publish",
      "left-fleet-report",
    ]);
    expect(pipeline["convert 2: b and 1 more"]).toEqual({
      extends: ".convert-toy",
      variables: { MODEL_TO_EDGE_BATCH: "2" },
    });
    expect(pipeline[".convert-toy"]).toEqual({
      extends: ".convert",
      image: "registry.example/toy:1",
      tags: ["gpu", "large"],
    });
  });

  it("gets the plan from the parent's job, waits stage by stage, and needs no job by name", () => {
    const pipeline = pipelineOf([batch("a")]);
    const needs = visible(pipeline).flatMap(
      (name) => pipeline[name]?.needs ?? [],
    );
    expect(needs).toEqual([{ pipeline: "4711", job: "left-fleet-plan" }]);
    expect(pipeline["left-fleet-start"]?.needs).toEqual(needs);
    expect(pipeline.stages).toEqual(["start", "convert", "publish", "report"]);
  });

  it("publishes and reports also where a convert job failed", () => {
    const pipeline = pipelineOf([batch("a")]);
    for (const name of ["left-fleet-publish", "left-fleet-report"])
      expect(pipeline[name]?.when).toBe("always");
  });

  it("has no job of an engine where nothing changed", () => {
    const pipeline = pipelineOf([]);
    expect(visible(pipeline)).toEqual([
      "left-fleet-publish",
      "left-fleet-report",
    ]);
    expect(Object.keys(pipeline).some((name) => name.startsWith("."))).toBe(
      false,
    );
    for (const name of visible(pipeline))
      expect(pipeline[name]).toMatchObject({
        image: "registry.example/runner:1",
        tags: ["docker"],
      });
    expect(pipeline["left-fleet-publish"]).toMatchObject({
      needs: [{ pipeline: "4711", job: "left-fleet-plan" }],
      script: ["model-to-edge convert", "model-to-edge publish"],
    });
  });

  it("holds foreign names in nothing but the names of jobs, and those one by one", () => {
    const pipeline = pipelineOf(ODD.map((name) => batch(name)));
    expect(visible(pipeline)).toHaveLength(ODD.length + 3);
    const convert = Object.entries(pipeline).filter(([name]) =>
      name.startsWith("convert "),
    );
    expect(convert.map(([, job]) => job.variables)).toEqual(
      ODD.map((_, index) => ({ MODEL_TO_EDGE_BATCH: String(index + 1) })),
    );
    expect(convert.filter(([name]) => /[\p{C}]/u.test(name))).toEqual([]);
  });

  it("uploads no model", () => {
    const { text } = childPipeline([batch("a")], WISH);
    const paths = Object.values(parse(text) as Record<string, Job>).flatMap(
      ({ artifacts }) => (artifacts as { paths?: string[] })?.paths ?? [],
    );
    expect(paths.length).toBeGreaterThan(10);
    expect(
      paths.filter(
        (path) =>
          !/(\.json|\.log|\.png|\.html|\.param\.yaml|report\/)$/.test(path),
      ),
    ).toEqual([]);
  });

  it.skipIf(!check)(
    "asks for the ID tokens in each job, and for that of a signature where it is made",
    () => {
      const store = { LAKEFS_ID_TOKEN: { aud: "https://lakefs.example" } };
      const signing = { SIGSTORE_ID_TOKEN: { aud: ["sigstore", "other"] } };
      const wish = { ...WISH, tokens: { store, signing } };
      for (const batches of [[batch("a")], []]) {
        const pipeline = parse(childPipeline(batches, wish).text);
        expect(ciProblems(check, pipeline)).toEqual([]);
        for (const name of visible(pipeline)) {
          const job = { ...pipeline[".convert"], ...pipeline[name] };
          expect([name, job.id_tokens]).toEqual([
            name,
            name === "left-fleet-publish" ? { ...store, ...signing } : store,
          ]);
        }
      }
      expect(JSON.stringify(pipelineOf([]))).not.toContain("id_tokens");
    },
  );

  it("passes settings on once, for all jobs, and a dollar as it is", () => {
    expect(pipelineOf([]).variables).toEqual({
      MODEL_TO_EDGE_STORE: "lakefs://vision",
      MODEL_TO_EDGE_STORE_WEB_URL: { value: "https://a/$x", expand: false },
      MODEL_TO_EDGE_OUT: "left-model-to-edge-out",
      RUNNER_SCRIPT_TIMEOUT: "1h30m2m",
    });
  });

  it.skipIf(!check)("has one job, on no engine's image, in a fork", () => {
    const pipeline = parse(emptyChildPipeline(WISH.small, "nothing-to-do"));
    expect(ciProblems(check, pipeline)).toEqual([]);
    expect(pipeline["nothing-to-do"]).toMatchObject({
      image: "registry.example/runner:1",
      script: ["true"],
    });
  });
});

describe("the name of a convert job", () => {
  it.each([
    ["one long model", ["x".repeat(400)]],
    ["a long one and others", ["y".repeat(400), "b", "c"]],
    ["characters of two units", ["𝒳".repeat(200)]],
    ["half a character at the cut", [`a${"𝒳".repeat(200)}`]],
  ])("has at most 255 characters, with %s", (_what, models) => {
    const name = convertJobName(1000, batch(...models));
    expect(name.length).toBeLessThanOrEqual(255);
    expect(name.length).toBeGreaterThan(250);
    expect(Buffer.from(name).toString()).toBe(name);
  });

  it("differs where only the end of two long names does", () => {
    const long = "x".repeat(400);
    expect(convertJobName(1, batch(`${long}1`))).not.toBe(
      convertJobName(2, batch(`${long}2`)),
    );
  });
});

describe("GitLab's limits", () => {
  it("refuse more jobs than any instance allows, with what to set", () => {
    expect(() => checkLimits({ text: "", jobs: 2001 })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/2001 jobs, GitLab allows at most 2000/),
        hint: expect.stringContaining("`--max-jobs`"),
        exitCode: 2,
      }),
    );
    expect(checkLimits({ text: "", jobs: 501 }).warning).toMatch(/501 jobs/);
    expect(checkLimits({ text: "", jobs: 500 }).warning).toBeNull();
  });

  it("refuse a file of more than 5 MB, counted in bytes", () => {
    const text = "日".repeat(1_747_627);
    expect(() => checkLimits({ text, jobs: 1 })).toThrow(
      /5242881 bytes, GitLab allows at most 5242880/,
    );
    expect(checkLimits({ text: text.slice(1), jobs: 1 }).warning).toBeNull();
  });

  it("hold a pipeline of 2000 jobs with the longest names, in a file far below 2 MB", () => {
    const batches = Array.from({ length: 1997 }, (_, i) =>
      batch(`${"x".repeat(300)}${i}`),
    );
    const child = childPipeline(batches, WISH);
    expect(child.jobs).toBe(2000);
    expect(Buffer.byteLength(child.text)).toBeLessThan(2_000_000);
    expect(checkLimits(child).warning).not.toBeNull();
  });
});
