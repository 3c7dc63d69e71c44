import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { belongsHere } from "../../../src/commands/run/belongs-here.ts";
import { readEnvironment } from "../../../src/environment/environment.ts";
import type { Log } from "../../../src/log/log.ts";
import { temporaryFolder } from "../../child/children.ts";

const CI = { GITLAB_CI: "true", CI_JOB_NAME: "model-to-edge-convert" };
const COMPONENT = "$CI_SERVER_FQDN/ml/model-to-edge";

/** The answer and the lines, in a job with these variables and this configuration. */
async function inJob(env: Record<string, string>, yaml?: string) {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, env.CI_CONFIG_PATH ?? ".gitlab-ci.yml");
  if (yaml !== undefined) writeFileSync(file, yaml);

  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line) } as unknown as Log;
  const variables = { ...CI, CI_PROJECT_DIR: folder, ...env };
  const environment = readEnvironment(variables);
  return { answer: await belongsHere({ environment, log }), lines };
}

function includes(...names: (string | null)[]): string {
  const entries = names.map((name) =>
    [
      `  - component: ${COMPONENT}/convert@1`,
      "    inputs:",
      "      store: lakefs://vision",
      ...(name === null ? [] : [`      ${name}`]),
    ].join("\n"),
  );
  return `include:\n${entries.join("\n")}\n`;
}

describe("a job", () => {
  const name = { MODEL_TO_EDGE_JOB_NAME: "model-to-edge-convert" };

  it("does its work where it is the one that its settings are for", async () => {
    expect(await inJob(name, includes(null))).toEqual({
      answer: true,
      lines: [],
    });
    expect((await inJob({})).answer).toBe(true);
  });

  it.each(["my-own", "model-to-edge-convert 1/2", "convert"])(
    "refuses to be the job %s, which has its settings by extends",
    async (other) => {
      await expect(inJob({ ...name, CI_JOB_NAME: other })).rejects.toThrow(
        expect.objectContaining({ exitCode: 2, code: "other-job" }),
      );
    },
  );

  it.each([
    ["without a name", includes(null, null)],
    ["with one name", includes("job-name: left", "job-name: left")],
    [
      "of which one has the default's name",
      includes(null, "job-name: model-to-edge-convert"),
    ],
    [
      "whose prefix and name add up to it",
      includes("job-name: a-b", "{job-name: b, job-prefix: a-}"),
    ],
  ])("refuses a second include %s", async (_what, yaml) => {
    const text = yaml.replace(/^ {6}\{(.*)\}$/m, (_, inner: string) =>
      inner
        .split(", ")
        .map((line) => `      ${line}`)
        .join("\n"),
    );
    await expect(inJob(name, text)).rejects.toThrow(
      expect.objectContaining({ exitCode: 2, code: "included-twice" }),
    );
  });

  it("refuses to land the parts of a store apart", async () => {
    const land = (path: string) =>
      `  - component: ${COMPONENT}/land@1\n    inputs:\n      store: lakefs://vision\n      job-prefix: ${path}-\n      model-path: ${path}/model\n`;

    await expect(
      inJob(name, `include:\n${land("a")}${land("b")}`),
    ).rejects.toThrow(/includes land several times for lakefs:\/\/vision/);
  });

  it("finds the second include where the project keeps its configuration", async () => {
    const env = { ...name, CI_CONFIG_PATH: "ci.yml" };
    await expect(inJob(env, includes(null, null))).rejects.toThrow(
      /^ci\.yml includes the component twice/,
    );
  });

  it.each([
    ["two names", includes(null, "job-name: right")],
    ["two prefixes", includes("job-prefix: a-", "job-prefix: b-")],
    ["no YAML", "include: [\n"],
    [
      "tags of GitLab's own",
      `${includes(null)}x:\n  script: !reference [a, b]\n`,
    ],
    [
      "another's component",
      `include:\n  - component: ${COMPONENT}/convert@1\n  - local: a.yml\n  - component: x/y/z@1\n  - component: x/y/z@1\n`,
    ],
    [
      "one that is not a list",
      `include:\n  component: ${COMPONENT}/convert@1\n`,
    ],
  ])("takes %s", async (_what, yaml) => {
    expect((await inJob(name, yaml)).answer).toBe(true);
  });

  it("does nothing in a fork's own pipeline, and says in one line why", async () => {
    const fork = {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "fix-typo",
      CI_PROJECT_ID: "99",
      CI_MERGE_REQUEST_PROJECT_ID: "10",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "99",
    };
    const { answer, lines } = await inJob({ ...name, ...fork });
    expect(answer).toBe(false);
    expect(lines).toEqual([expect.stringContaining("runs in a fork")]);

    const parent = { ...fork, CI_PROJECT_ID: "10" };
    expect((await inJob({ ...name, ...parent })).answer).toBe(true);
  });
});
