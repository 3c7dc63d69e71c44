import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nameDraft } from "../../src/store/draft-name.ts";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

const DAYS_AGO = new Date(Date.now() - 3 * 86_400_000);
const OURS = {
  CI: "true",
  GITLAB_CI: "true",
  CI_PROJECT_PATH: "vision/detectors",
  MODEL_TO_EDGE_OLDER_THAN: "24h",
};

/** Drafts of runs that were killed three days ago, in a folder store. */
function leftBehind(...owners: string[]) {
  const store = toyStore();
  const drafts = join(store.root, "store/.model-to-edge/drafts");

  for (const owner of owners) {
    const ref = nameDraft({
      ...{ branch: "main", base: "", owner },
      ...{ now: DAYS_AGO, unique: "00c0ffee" },
    });
    mkdirSync(join(drafts, ref.id), { recursive: true });
    writeFileSync(join(drafts, ref.id, "draft.json"), JSON.stringify(ref));
  }

  return {
    left: () => readdirSync(drafts).length,
    sweep: (env: Record<string, string>, ...flags: string[]) =>
      commandLine(["sweep", "--store", store.url, ...flags], {
        cwd: store.cwd,
        env,
      }),
  };
}

describe("sweep", () => {
  it("removes in a pipeline what its own project left, and names it", async () => {
    const store = leftBehind("vision/detectors:a", "audio/speech:b", "local");
    const done = await store.sweep(OURS);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/removed the draft .* of vision\/detectors:a/);
    expect(done.stdout).toContain("1 draft of vision/detectors removed from");
    expect(store.left()).toBe(2);
  });

  it("removes those of all projects where that is asked for", async () => {
    const store = leftBehind("vision/detectors:a", "audio/speech:b", "local");
    const variables = { ...OURS, MODEL_TO_EDGE_ALL_PROJECTS: "true" };
    expect(await store.sweep(variables)).toMatchObject({ code: 0 });
    expect(store.left()).toBe(0);
  });

  it("only lists with --dry-run, also by its variable", async () => {
    const store = leftBehind("vision/detectors:a");
    for (const how of [
      await store.sweep(OURS, "--dry-run"),
      await store.sweep({ ...OURS, MODEL_TO_EDGE_DRY_RUN: "true" }),
    ])
      expect(how.stdout).toContain("1 draft of vision/detectors would be");
    expect(store.left()).toBe(1);
  });

  it("keeps what may belong to a running job", async () => {
    const store = leftBehind("vision/detectors:a");
    await store.sweep(OURS, "--older-than", "96h");
    expect(store.left()).toBe(1);
  });

  it("says what is wrong with an age", async () => {
    const { code, stderr, stdout } = await leftBehind().sweep(
      OURS,
      ...["--older-than", "a day"],
    );
    expect(code).toBe(2);
    expect(stderr + stdout).toContain("--older-than must be a duration");
  });
});
