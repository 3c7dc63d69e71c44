import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../child/children.ts";
import { type CommandRun, commandLine } from "../support/command-line.ts";

const STORE = ["--store", "lakefs://vision"];
const BRANCH = {
  GITLAB_CI: "true",
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: "fix-typo",
  CI_COMMIT_REF_NAME: "fix-typo",
  CI_PROJECT_ID: "99",
  CI_PROJECT_PATH: "someone/vision",
};

/** In a project that has none of the variables. */
function inProject(env: Record<string, string>): Promise<CommandRun> {
  const cwd = temporaryFolder();
  const variables = { ...BRANCH, ...env, HOME: cwd };
  return commandLine(["run", ...STORE], { cwd, env: variables });
}

describe("a branch pipeline without the store's variables", () => {
  it("does nothing where its merge request is another project's, and says in one line why", async () => {
    const { code, stdout, stderr } = await inProject({
      CI_OPEN_MERGE_REQUESTS: "acme/vision!7,acme/vision!6",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual([
      expect.stringMatching(/^model-to-edge /),
      "store: lakefs://vision",
      expect.stringContaining("nothing to do: this pipeline runs in a fork"),
    ]);
  });

  it.each([
    ["no merge request is open", ""],
    ["one of its own is open", "someone/vision!3,acme/vision!7"],
  ])(
    "is an error that names the fork among the causes, where %s",
    async (_, CI_OPEN_MERGE_REQUESTS) => {
      const run = await inProject({ CI_OPEN_MERGE_REQUESTS });
      expect(run.code).toBe(2);
      expect(run.stdout + run.stderr).toMatch(
        /address is not set.*CI\/CD variable.*protected.*fork/s,
      );
    },
  );

  it("works where the fork has variables of its own", async () => {
    const run = await inProject({
      CI_OPEN_MERGE_REQUESTS: "acme/vision!7",
      LAKECTL_SERVER_ENDPOINT_URL: "ftp://lakefs",
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "a",
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "b",
    });
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain(
      "is not the address of a lakeFS server",
    );
  });
});
