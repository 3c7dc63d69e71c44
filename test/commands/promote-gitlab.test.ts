import { describe, expect, it, onTestFinished } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { MODEL_TOKEN } from "../support/fake-model-registry.ts";
import {
  PACKAGE_JOB_TOKEN,
  startFakePackages,
} from "../support/fake-packages.ts";
import { promotionIn, published, setUp } from "./promoting.ts";

const SAID = /^.*GitLab's model registry.*$/gm;

async function prepared() {
  const { store } = setUp();
  const fake = await startFakePackages();
  onTestFinished(() => fake.close());
  await published(store);
  const toGitlab = (env: Record<string, string> = {}, ...args: string[]) =>
    commandLine(
      [
        ...["promote", "--store", store.url, "--model", "det"],
        ...["--to", "gitlab:", ...args],
      ],
      {
        cwd: store.cwd,
        env: {
          ...{ CI_API_V4_URL: fake.api, CI_PROJECT_ID: "10" },
          CI_PROJECT_PATH: "vision/models",
          ...{ CI_JOB_TOKEN: PACKAGE_JOB_TOKEN, ...env },
        },
      },
    );

  return { store, fake, toGitlab };
}

describe("promote --to gitlab:", () => {
  it("writes to the project's own packages, with the job's token alone", async () => {
    const { store, fake, toGitlab } = await prepared();

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

    expect(first.stdout).not.toMatch(SAID);
    expect(fake.calls.filter((call) => call.includes("/ml"))).toEqual([]);

    const again = await toGitlab();
    expect(again.stdout).toContain("t4base 1.0.0: already there");
    const refused = await toGitlab({ CI_JOB_TOKEN: "glcbt-of-another-job" });
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain("a CI_JOB_TOKEN lives as long as its job");
    expect(refused.stdout).not.toContain("glcbt-of-another-job");
  });

  it("with a token, shows the version in GitLab's model registry, too", async () => {
    const { fake, toGitlab } = await prepared();
    const token = { MODEL_TO_EDGE_TOKEN: MODEL_TOKEN };
    const planned = await toGitlab(token, "--dry-run");
    expect(planned.code, planned.stdout).toBe(0);
    expect(fake.models.versions).toEqual([]);

    fake.models.enabled = false;
    const hidden = await toGitlab(token);
    expect(hidden.code, hidden.stdout).toBe(0);
    expect(hidden.stdout.match(SAID)).toEqual([
      expect.stringContaining("t4base 1.0.0 is not shown in GitLab's model"),
    ]);

    fake.models.enabled = true;
    const there = await toGitlab(token);
    expect(there.stdout.match(SAID)).toEqual([
      expect.stringMatching(
        /registry: http:.*\/-\/ml\/models\/1\/versions\/\d+$/,
      ),
    ]);
    const [version] = fake.models.versions;
    expect(version).toMatchObject({ version: "1.0.0" });
    const shown = version?.files.map(({ name }) => name).sort();
    expect(shown).toEqual(["contract.json", "t4base.onnx"]);
    const released = fake.packages
      .find(({ name }) => name === "CenterPoint.t4base")
      ?.files.find(({ name }) => name === "t4base.onnx");
    const { sha256 } = version?.files.find(isGraph) ?? {};
    expect(sha256).toBe(released?.sha256);
  });

  it("is promoted, whatever the model registry says, with one warning", async () => {
    const { store, toGitlab } = await prepared();
    const run = await toGitlab({ MODEL_TO_EDGE_TOKEN: "glpat-of-a-stranger" });

    expect(run.code, run.stdout).toBe(0);
    expect(promotionIn(store).status).toBe("promoted");
    expect(run.stdout.match(SAID)).toEqual([
      expect.stringMatching(
        /warn.*t4base 1.0.0 is promoted.* 401 .*scope api/i,
      ),
    ]);
    expect(run.stdout).not.toContain("glpat-of-a-stranger");
  });
});

function isGraph({ name }: { name: string }) {
  return name === "t4base.onnx";
}
