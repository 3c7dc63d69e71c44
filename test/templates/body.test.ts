import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ciProblems, compileCiSchema } from "./ci-schema.ts";
import { CONVERT, readComponent } from "./component.ts";
import { interpolate } from "./interpolate.ts";

type Job = Record<string, unknown> & {
  variables: Record<string, string>;
  rules: Record<string, string>[];
};

const convert = readComponent(CONVERT);
const check = compileCiSchema();

function jobs(inputs: Record<string, unknown>): Record<string, Job> {
  return parse(interpolate(convert, inputs)) as Record<string, Job>;
}

const INPUT_SETS: [string, Record<string, unknown>][] = [
  ["the defaults", { store: "lakefs://vision" }],
  [
    "the include of the README",
    { store: "lakefs://vision", engine: "mmdeploy", tags: ["gpu"] },
  ],
  [
    "a prefix and another stage",
    {
      store: "s3://b/p",
      "job-prefix": "left-",
      stage: "convert",
      timeout: "1h30m",
    },
  ],
  [
    "jobs to wait for",
    {
      store: "lakefs://vision",
      needs: ["train", { job: "export", optional: true }],
    },
  ],
  [
    "rules for tags",
    {
      store: "lakefs://v",
      "model-branch": "main",
      rules: [{ if: "$CI_COMMIT_TAG" }],
    },
  ],
  [
    "a manual job",
    {
      store: "lakefs://v",
      rules: [{ when: "manual", allow_failure: true }],
      "allow-failure": true,
    },
  ],
  [
    "one at a time",
    {
      store: "lakefs://v",
      "resource-group": "edge/$CI_COMMIT_REF_NAME",
      retry: 0,
      force: true,
    },
  ],
  [
    "text that YAML might read",
    {
      store: "lakefs://v",
      models: "a: b # c, - d, 'e', {f}, [g], *h, &i, !j, %k, @l, `m`",
    },
  ],
];

describe("the body of convert", () => {
  it.skipIf(!check).each(INPUT_SETS)(
    "is a pipeline that GitLab's own schema takes, with %s",
    (_what, inputs) => {
      expect(ciProblems(check, jobs(inputs))).toEqual([]);
      expect(interpolate(convert, inputs)).not.toContain("$[[");
    },
  );

  it.skipIf(!check)(
    "is checked by a schema that notices a typo in a keyword",
    () => {
      const job = Object.values(jobs({ store: "lakefs://v" }))[0];
      expect(
        ciProblems(check, { convert: { ...job, intruptible: true } }),
      ).not.toEqual([]);
      expect(
        ciProblems(check, { convert: { ...job, retry: { max: 3 } } }),
      ).not.toEqual([]);
    },
  );

  it("hands each text on as it is", () => {
    const models =
      "a: b # c, - d, 'e', {f}, [g], *h, &i, !j, %k, @l, `m`, 日本";
    expect(
      jobs({ store: "lakefs://v", models })["model-to-edge-convert"]?.variables
        .MODEL_TO_EDGE_MODELS,
    ).toBe(models);
  });

  it.each([
    ["a quote", { models: 'a"\n  script: [evil]' }],
    ["a backslash", { store: "lakefs://a\\x41" }],
    ["a line break in the stage", { stage: "test\nbefore_script: [evil]" }],
    [
      "a token where a variable's name belongs",
      { "token-variable": "glpat-abc" },
    ],
    ["a prefix that would hide the job", { "job-prefix": "." }],
    ["an unknown device", { device: "gpu" }],
    ["a timeout in words", { timeout: "an hour" }],
  ])("refuses %s", (_what, inputs) => {
    expect(() =>
      interpolate(convert, { store: "lakefs://v", ...inputs }),
    ).toThrow(/does not match/);
  });

  it("names the job, its output and its reports by the prefix", () => {
    const job = jobs({ store: "lakefs://v", "job-prefix": "left-" })[
      "left-model-to-edge-convert"
    ];
    expect(job?.variables.MODEL_TO_EDGE_OUT).toBe("left-model-to-edge-out");
    expect(
      JSON.stringify(job?.artifacts).match(/left-model-to-edge-out\//g)?.length,
    ).toBe(8);
  });

  it("gives the command line, its script and its job one deadline after the other", () => {
    const job = jobs({ store: "lakefs://v", timeout: "45m" })[
      "model-to-edge-convert"
    ];
    expect(job?.variables).toMatchObject({
      MODEL_TO_EDGE_TIMEOUT: "45m",
      RUNNER_SCRIPT_TIMEOUT: "45m2m",
    });
    expect(job?.timeout).toBe("45m 10m");
  });

  it("uploads no model", () => {
    const { artifacts } = jobs({ store: "lakefs://v" })[
      "model-to-edge-convert"
    ] as unknown as {
      artifacts: { paths: string[] };
    };
    expect(
      artifacts.paths.filter(
        (path) => !/(\.json|\.log|\.png|report\/)$/.test(path),
      ),
    ).toEqual([]);
  });

  it.each([
    [{}, "mmdeploy"],
    [{ gpu: true, tags: ["gpu"] }, "mmdeploy-cuda"],
  ])("takes with %j the image %s, at its own version", (inputs, name) => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    );
    const job = jobs({ store: "lakefs://v", ...inputs })[
      "model-to-edge-convert"
    ];
    expect(imageOf(job)).toBe(
      `$CI_REGISTRY/ml/model-to-edge/${name}:${version}`,
    );
  });

  it("takes another image as it is given", () => {
    const image = "registry.example/edge@sha256:1";
    const inputs = { store: "lakefs://v", gpu: true, image };
    expect(imageOf(jobs(inputs)["model-to-edge-convert"])).toBe(image);
  });
});

/** The image with the job's own variables in it, as the runner sees it. */
function imageOf(job: Job | undefined): string {
  let image = String(job?.image);
  while (image.slice(1) in (job?.variables ?? {}))
    image = job?.variables[image.slice(1)] ?? "";
  return image;
}
