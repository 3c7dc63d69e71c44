import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ciProblems, compileCiSchema } from "./ci-schema.ts";
import { CONVERT, readComponent } from "./component.ts";
import { interpolate } from "./interpolate.ts";

interface Include {
  component: string;
  rules?: { if: string }[];
  inputs: Record<string, unknown>;
}
interface Job {
  image?: string;
  script?: string[];
  variables?: Record<string, string>;
  artifacts?: unknown;
  cache?: unknown;
  needs?: (string | { job: string; optional?: boolean })[];
  rules?: { if: string }[];
  release?: unknown;
}

const PIPELINES = [
  ".gitlab-ci.yml",
  "test/fixtures/consumer/.gitlab-ci.yml",
  "test/fixtures/consumer/cases.gitlab-ci.yml",
  "test/fixtures/consumer/odd-texts.gitlab-ci.yml",
];
const convert = readComponent(CONVERT);
const check = compileCiSchema();

function read(file: string): {
  include: Include[];
  jobs: Record<string, Job>;
  whole: unknown;
} {
  const whole = parse(
    readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"),
  );
  return { include: whole.include, jobs: whole, whole };
}

describe.each(PIPELINES)("%s", (file) => {
  it.skipIf(!check)("is a pipeline that GitLab's own schema takes", () => {
    expect(ciProblems(check, read(file).whole)).toEqual([]);
  });

  it.skipIf(!check)("includes the component with inputs that it has", () => {
    for (const { component, inputs } of read(file).include) {
      expect(component).toMatch(
        /^\$CI_SERVER_FQDN\/.+\/convert@(1|\$CI_COMMIT_SHA)$/,
      );
      expect(ciProblems(check, parse(interpolate(convert, inputs)))).toEqual(
        [],
      );
    }
  });
});

function namesOf(needs: Job["needs"] = []): string[] {
  return needs.map((each) => (typeof each === "string" ? each : each.job));
}

describe("the component project's pipeline", () => {
  const { jobs, include } = read(".gitlab-ci.yml");

  it("only releases a tag whose images import.sh brought", () => {
    const rulesOf = ({ rules, extends: base }: Job & { extends?: string }) =>
      rules ?? jobs[base ?? ""]?.rules ?? [];
    const running = Object.entries(jobs)
      .filter(([name, job]) => job?.script && !name.startsWith("."))
      .filter(([, job]) => {
        const [first] = rulesOf(job) as { if?: string; when?: string }[];
        return !(
          first?.if === "$MODEL_TO_EDGE_IMPORTED" && first.when === "never"
        );
      })
      .map(([name]) => name);
    expect(running).toEqual(["subjects", "stamps", "release"]);
    expect(include[0]?.rules?.map((rule) => rule.if)).toEqual([
      "$CI_COMMIT_BRANCH",
      "$CI_COMMIT_TAG && $MODEL_TO_EDGE_IMPORTED == null",
    ]);

    // GitLab refuses a pipeline whose job needs one that is not in it.
    const firm = (jobs.release?.needs ?? []).filter(
      (each) => typeof each === "string" || !each.optional,
    );
    expect(firm).toEqual(["stamps"]);
  });

  it("releases semantic versions, with the keyword that the catalog takes, after everything else is green", () => {
    const [rule] = jobs.release?.rules ?? [];
    const version = new RegExp(/=~ \/(.+)\/$/.exec(rule?.if ?? "")?.[1] ?? "");
    expect(["1.0.0", "1.2.3-rc.1"].every((tag) => version.test(tag))).toBe(
      true,
    );
    expect(
      ["v1.0.0", "1.0", "latest", "1.0.0 "].some((tag) => version.test(tag)),
    ).toBe(false);
    expect(jobs.release?.release).toMatchObject({ tag_name: "$CI_COMMIT_TAG" });
    expect(namesOf(jobs.release?.needs)).toEqual(
      expect.arrayContaining([
        "check",
        "real",
        "stamps",
        "tag-images",
        "self-check",
      ]),
    );
  });

  it("names the images of a release by digest, CUDA's too, built before", () => {
    const [tag, cuda] = [jobs["tag-images"], jobs["image-cuda"]];
    expect(tag?.needs).toEqual(
      expect.arrayContaining(["images", "image-cuda"]),
    );
    expect(tag?.script).toContain(
      'bash scripts/build-images.sh tag "$CI_COMMIT_TAG" >> images.md',
    );
    expect(jobs.release?.script).toContain(
      "if [ -f images.md ]; then cat images.md >> release-notes.md; fi",
    );
    expect(cuda?.rules?.[1]).toEqual({ if: "$CI_COMMIT_TAG" });
  });

  it("has the real server built where there is Go, and kept where a cache reaches", () => {
    const [built, real] = [jobs.lakefs, jobs.real];
    expect(built?.image).toBe("$GO_IMAGE");
    expect(real?.needs).toContain("lakefs");
    const folder = ".cache/model-to-edge";
    expect(real?.variables?.MODEL_TO_EDGE_CACHE).toBe(
      `$CI_PROJECT_DIR/${folder}`,
    );
    for (const { paths } of [built?.artifacts, built?.cache, real?.cache] as {
      paths: string[];
    }[])
      expect(paths).toEqual([`${folder}/`]);
  });

  it("takes every image from a variable, at a version", () => {
    const { variables } = read(".gitlab-ci.yml").whole as {
      variables: Record<string, string>;
    };
    const images = Object.values(jobs).flatMap(({ image }) => image ?? []);
    expect(images.length).toBeGreaterThan(5);
    for (const image of images) {
      const [, name = "", rest] = /^\$(\w+)(:.+)?$/.exec(image) ?? [];
      expect(variables).toHaveProperty(name);
      expect(variables[name] + (rest ?? "")).not.toMatch(/latest|^[^:]+$/);
    }
  });

  it("has every job that another one needs", () => {
    const names = new Set([...Object.keys(jobs), "self-model-to-edge-convert"]);
    const included = include.flatMap(({ inputs }) => inputs.needs as string[]);
    const needed = [
      ...included,
      ...Object.values(jobs).flatMap((job) => namesOf(job.needs)),
    ];
    expect(needed.filter((name) => !names.has(name))).toEqual([]);
  });
});
