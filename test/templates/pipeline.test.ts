import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ciProblems, compileCiSchema } from "./ci-schema.ts";
import { CONVERT, readComponent } from "./component.ts";
import { interpolate } from "./interpolate.ts";

interface Include {
  component: string;
  inputs: Record<string, unknown>;
}
interface Job {
  needs?: string[];
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

describe("the component project's pipeline", () => {
  const { jobs, include } = read(".gitlab-ci.yml");

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
    expect(jobs.release?.needs).toEqual(
      expect.arrayContaining([
        "check",
        "real",
        "stamps",
        "tag-images",
        "self-check",
      ]),
    );
  });

  it("has every job that another one needs", () => {
    const names = new Set([...Object.keys(jobs), "self-model-to-edge-convert"]);
    const included = include.flatMap(({ inputs }) => inputs.needs as string[]);
    const needed = [
      ...included,
      ...Object.values(jobs).flatMap((job) => job.needs ?? []),
    ];
    expect(needed.filter((name) => !names.has(name))).toEqual([]);
  });
});
