import { describe, expect, it } from "vitest";
import { TEMPLATES } from "../../../src/gitlab/lint/our-includes.ts";
import { COMPONENTS } from "../../templates/component.ts";
import { lint } from "./lint.ts";
import { COMPONENT, CONVERT, including, LOST } from "./lint-rows.ts";

const LAND = `include:\n${including("land")}`;
const NIGHTLY = `include:\n${including(
  "convert",
  "rules:",
  '  - if: $CI_PIPELINE_SOURCE == "schedule"',
)}`;

describe("a pipeline without the job", () => {
  it.each(LOST)("by $what", async ({ file, says, fix, cured }) => {
    expect(await lint(file)).toEqual([
      { code: "job-lost", says: expect.stringMatching(says), fix },
    ]);
    expect(await lint(cured)).toEqual([]);
  });

  it("is found for land, of the default branch", async () => {
    const only = "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n";
    const rule = "- if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH";
    expect(await lint(`${only}${LAND}`)).toMatchObject([
      {
        code: "job-lost",
        fix: `put \`${rule}\` first in \`workflow: rules:\``,
      },
    ]);
    expect(await lint(`${only}    ${rule}\n${LAND}`)).toEqual([]);
  });

  it("is looked for in every component", () => {
    const files = TEMPLATES.map((name) => `${name}.yml`);
    expect(files.toSorted()).toEqual(COMPONENTS.toSorted());
  });

  it("is found for convert-fleet, of a merge request", async () => {
    const only = "workflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n";
    expect(
      await lint(`${only}include:\n${including("convert-fleet")}`),
    ).toMatchObject([
      {
        code: "job-lost",
        says: expect.stringMatching(
          /open merge request has the job model-to-edge-convert-fleet$/,
        ),
      },
    ]);
  });

  it("is found for sweep, of a schedule", async () => {
    const only = "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n";
    const rule = '- if: $CI_PIPELINE_SOURCE == "schedule"';
    const swept = `include:\n${including("sweep")}`;
    expect(await lint(`${only}${swept}`)).toEqual([
      {
        code: "job-lost",
        says: expect.stringContaining("a schedule of the default branch"),
        fix: `put \`${rule}\` first in \`workflow: rules:\``,
      },
    ]);
    expect(await lint(`${only}    ${rule}\n${swept}`)).toEqual([]);
  });

  it("is found for pushes to lakeFS, where these shall start it", async () => {
    const rule = '- if: $CI_PIPELINE_SOURCE == "trigger"';
    const only = "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n";
    const pushed = `include:\n${including("convert", "start-on: trigger")}`;
    expect(await lint(`${only}${CONVERT}`)).toEqual([]);
    expect(await lint(`${only}${pushed}`)).toEqual([
      {
        code: "job-lost",
        says: expect.stringContaining("no pipeline of a push to lakeFS has"),
        fix: `put \`${rule}\` first in \`workflow: rules:\``,
      },
    ]);
    expect(await lint(`${only}    ${rule}\n${pushed}`)).toEqual([]);
    expect(await lint(pushed)).toEqual([]);
  });

  it("is found for rules of the include's own, where no pipeline has them", async () => {
    const only = "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n";
    expect(await lint(NIGHTLY)).toEqual([]);
    expect(await lint(`${only}${NIGHTLY}`)).toMatchObject([
      { fix: expect.stringContaining('$CI_PIPELINE_SOURCE == "schedule"') },
    ]);
  });

  it.each([
    ["nothing said", CONVERT],
    [
      "GitLab's template for merge requests",
      `${CONVERT}  - template: Workflows/MergeRequest-Pipelines.gitlab-ci.yml\n`,
    ],
    [
      "GitLab's template for branches",
      `${CONVERT}  - template: Workflows/Branch-Pipelines.gitlab-ci.yml\n`,
    ],
    [
      "what depends on a variable of the project",
      `workflow:\n  rules:\n    - if: $OURS == "yes"\n${CONVERT}`,
    ],
    [
      "what depends on the branch's name",
      `workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH =~ /^feature/\n${CONVERT}`,
    ],
    [
      "a reference",
      `.r:\n  rules: []\n${CONVERT}model-to-edge-convert:\n  rules: !reference [.r, rules]\n`,
    ],
    [
      "a name that a variable makes",
      `${including("convert", "job-name: $NAME")}`.replace(/^/, "include:\n"),
    ],
    [
      "another's component",
      `include:\n  - component: x/y/convert@1\nconvert:\n  rules: []\n`,
    ],
  ])("is not suspected of %s", async (_, file) => {
    expect(await lint(file)).toEqual([]);
  });
});

describe("a job of ours", () => {
  it.each([
    ["script: [make]", "script"],
    ["artifacts: { paths: [a] }", "artifacts: paths"],
    ["artifacts: { reports: { junit: a } }", "artifacts: reports: junit"],
    ["variables: { MODEL_TO_EDGE_STORE: x }", "variables: MODEL_TO_EDGE_STORE"],
  ])("is replaced in parts by %s", async (line, part) => {
    const own = `model-to-edge-convert:\n  ${line}\n`;
    expect(await lint(`${CONVERT}${own}`)).toMatchObject([
      { code: "job-replaced", says: expect.stringContaining(part) },
    ]);
    expect(await lint(`${CONVERT}my-${own}`)).toEqual([]);
  });

  it("may be given tags, a time-out and commands before it", async () => {
    const own =
      "model-to-edge-convert:\n  tags: [x]\n  timeout: 2h\n  before_script: [x]\n";
    expect(await lint(`${CONVERT}${own}`)).toEqual([]);
  });

  it.each([
    ["without names", including("convert") + including("convert")],
    [
      "with one name",
      including("convert", "job-name: x") + including("land", "job-name: x"),
    ],
    [
      "in a file of the repository",
      `${including("convert")}  - local: /ci/models.yml\n`,
    ],
    [
      "by project and file",
      `${including("convert")}  - project: acme/edge/model-to-edge\n    file: /templates/convert.yml\n    inputs:\n      store: lakefs://vision\n`,
    ],
  ])("is lost by two includes %s", async (_, entries) => {
    const files = { "ci/models.yml": CONVERT };
    expect(await lint(`include:\n${entries}`, files)).toMatchObject([
      { code: "included-twice" },
    ]);
    const named = entries.replace(
      "store: lakefs",
      "job-prefix: a-\n      store: lakefs",
    );
    expect(await lint(`include:\n${named}`, files)).toEqual([]);
  });

  it("is not land for a part of a store, whose data branches are merged whole", async () => {
    const part = (name: string, ...inputs: string[]) =>
      including("land", `job-prefix: ${name}-`, ...inputs);
    const parts = (...inputs: string[]) =>
      `include:\n${part("a", "model-path: a/model")}${part("b", ...inputs)}`;

    expect(await lint(parts())).toMatchObject([{ code: "landed-in-parts" }]);
    expect(await lint(parts("model-path: a/model"))).toEqual([]);
    expect(
      await lint(parts().replace("lakefs://vision", "lakefs://other")),
    ).toEqual([]);
  });

  it.each(["include", "workflow", "model-to-edge-convert"])(
    "is lost where %s stands twice",
    async (key) => {
      const twice = key === "include" ? "include: []\n" : "";
      const own = key === "include" ? "" : `${key}: {}\n${key}: {}\n`;
      expect(await lint(`${twice}${CONVERT}${own}`)).toMatchObject([
        { code: "key-twice", says: expect.stringContaining(`${key}:`) },
      ]);
    },
  );

  it.each([
    ["test", "stages: [build, deploy]\n", "stage: build"],
    ["models", "", "stage: build"],
  ])("needs its stage %s", async (stage, stages, fix) => {
    const input = stage === "test" ? [] : [`stage: ${stage}`];
    const file = `${stages}include:\n${including("convert", ...input)}`;
    expect(await lint(file)).toMatchObject([
      { code: "stage-missing", fix: expect.stringContaining(`\`${fix}\``) },
    ]);
    const cured = `${stages}include:\n${including("convert", fix)}`;
    expect(await lint(cured)).toEqual([]);
    expect(
      await lint(`stages: [${stage}]\n${file.slice(stages.length)}`),
    ).toEqual([]);
  });
});

it("a text that is not a pipeline is none", async () => {
  for (const text of ["", "[", "- a\n", "a: b: c", `a: &a\n  b: *x\n`])
    expect(await lint(text)).toBeNull();
  expect(await lint(`include: ${COMPONENT}\n`)).toEqual([]);
});
