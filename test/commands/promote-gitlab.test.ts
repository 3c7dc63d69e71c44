import { describe, expect, it, onTestFinished } from "vitest";
import { commandLine } from "../support/command-line.ts";
import {
  PACKAGE_JOB_TOKEN,
  startFakePackages,
} from "../support/fake-packages.ts";
import { promotionIn, published, setUp } from "./promoting.ts";

describe("promote --to gitlab:", () => {
  it("writes to the project's own packages, with the job's token alone", async () => {
    const { store } = setUp();
    const fake = await startFakePackages();
    onTestFinished(() => fake.close());
    await published(store);
    const toGitlab = (env: Record<string, string> = {}) =>
      commandLine(
        ["promote", "--store", store.url, "--model", "det", "--to", "gitlab:"],
        {
          cwd: store.cwd,
          env: {
            ...{ CI_API_V4_URL: fake.api, CI_PROJECT_ID: "10" },
            CI_PROJECT_PATH: "vision/models",
            ...{ CI_JOB_TOKEN: PACKAGE_JOB_TOKEN, ...env },
          },
        },
      );

    const first = await toGitlab();
    expect(first.code, first.stdout).toBe(0);
    expect(promotionIn(store)).toMatchObject({
      ...{
        status: "promoted",
        registry: "gitlab:vision/models",
        release: "1.0.0",
      },
    });
    const files = fake.packages
      .find(({ name }) => name === "CenterPoint.t4base")
      ?.files.map(({ name }) => name);
    expect(files?.at(0)).toMatch(/^claim\./);
    expect(files?.at(-1)).toBe("release.json");

    const again = await toGitlab();
    expect(again.stdout).toContain("t4base 1.0.0: already there");
    const refused = await toGitlab({ CI_JOB_TOKEN: "glcbt-of-another-job" });
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain("a CI_JOB_TOKEN lives as long as its job");
    expect(refused.stdout).not.toContain("glcbt-of-another-job");
  });
});
