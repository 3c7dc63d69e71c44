import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GOOD, sha } from "../land/story.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("land, as it is set", () => {
  const at = useLandWorld(parts);

  it("waits for the pipeline of the merge request, and lands what it proved", async () => {
    await at.feature.commit({ "model/a/toy.weights": GOOD(5) });
    const commit = at.story.merge("feature/x", 7);
    at.gitlab.pipelines.set(7, ["running", "failed"]);
    let asked = 0;
    at.gitlab.onCall = async (call) => {
      if (!call.includes("/pipelines") || ++asked !== 2) return;
      await at.story.run("feature/x");
      at.gitlab.pipelines.set(7, ["success", "failed"]);
    };
    const run = await at.story.land(commit, ["--wait", "2m"]);
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(run.stdout).toContain(
      "waiting, for a pipeline of the merge request is still running",
    );
    expect(run.document.requests[0]).toMatchObject({ status: "landed" });
  });

  it("waits no longer than it may, nor for a pipeline that ended", async () => {
    await at.feature.commit({ "model/a/toy.weights": GOOD(5) });
    const commit = at.story.merge("feature/x", 7);
    at.gitlab.pipelines.set(7, ["running"]);
    const before = await at.shown();
    const run = await at.story.land(commit, ["--wait", "2s"]);
    expect(run.code).toBe(1);
    expect(run.document.requests[0]?.reason).toContain(
      "(waited 2 s: a pipeline of the merge request is still running)",
    );
    at.gitlab.pipelines.set(7, ["failed"]);
    const ended = await at.story.land(commit, ["--wait", "10m"]);
    expect(ended).toMatchObject({
      code: 1,
      document: { requests: [{ code: "stale-verdict" }] },
    });
    expect(ended.seconds).toBeLessThan(120);
    expect(await at.shown()).toEqual(before);
  });

  it("deletes the data branch only when it may", async () => {
    const commit = await at.merged();
    at.gitlab.branches.add("feature/x");
    const kept = await at.story.land(commit);
    expect(kept.document.requests[0]?.data_branch_kept).toBe(
      "the Git branch feature/x still exists",
    );
    await at.feature.upload({ "model/a/half.weights": "half" });
    const dirty = await at.story.land(commit, ["--delete-branch", "always"]);
    expect(dirty.code).toBe(0);
    expect(dirty.document.requests[0]).toMatchObject({
      status: "already",
      data_branch_kept: "it has uncommitted objects",
    });
    expect(await at.feature.branches()).toContain("feature--x");
    await at.server.call(
      "PUT",
      `/repositories/${at.repository}/branches/feature--x`,
      { type: "reset" },
    );
    const never = await at.story.land(commit, ["--delete-branch", "never"]);
    expect(never.document.requests[0]?.data_branch_kept).toBe(
      "`delete-branch` is `never`",
    );
    expect(
      (await at.story.land(commit, ["--delete-branch", "always"])).document
        .requests[0]?.data_branch_kept,
    ).toBeNull();
    expect(await at.feature.branches()).toEqual(["main"]);
  });

  it("prints the command when landing is off, and the command does it", async () => {
    const commit = await at.merged();
    const checked = await at.feature.head();
    const before = await at.shown();
    const run = await at.story.land(commit, ["--land", "off"]);
    const line = `lakectl merge lakefs://${at.repository}/${checked} lakefs://${at.repository}/main`;
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(line),
    });
    expect(run.document.requests[0]).toMatchObject({
      status: "off",
      next: line,
      landed: null,
    });
    expect(await at.shown()).toEqual(before);
    await at.server.call(
      "POST",
      `/repositories/${at.repository}/refs/${checked}/merge/main`,
      {},
    );
    expect((await at.story.land(commit)).document.requests[0]).toMatchObject({
      status: "nothing",
    });
  });

  it("converts and lands exactly the commit that model.lock pins", async () => {
    const { story, feature, main } = at;
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    expect(
      (await story.command(["pin", "--model-branch", "feature--x"])).code,
    ).toBe(0);
    const lock = JSON.parse(
      readFileSync(join(story.cwd, "model.lock"), "utf8"),
    );
    expect(lock).toMatchObject({
      branch: "feature--x",
      commit: await feature.head(),
    });
    const run = await story.run("feature/x");
    expect(run).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        `pins branch feature--x at commit ${lock.commit}`,
      ),
    });
    expect(await story.run("feature/x")).toMatchObject({
      stdout: expect.stringContaining("unchanged, already in"),
    });
    // Later pushes are not what was reviewed.
    await feature.commit({ "model/a/toy.weights": GOOD(77) });
    const landed = await story.land(story.merge("feature/x", 7), [
      "--delete-branch",
      "always",
    ]);
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect((await main.read("model/a/toy.weights")).toString()).toBe(GOOD(5));
    expect(landed.document.requests[0]?.data_branch_kept).toContain(
      "someone pushed to it",
    );
    // On main the lock is of another branch, and means nothing.
    const onMain = await story.command([
      "run",
      "--isolation",
      "none",
      "--model-branch",
      "main",
    ]);
    expect(onMain).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("unchanged, already in"),
    });
    writeFileSync(
      join(story.cwd, "model.lock"),
      JSON.stringify({ ...lock, commit: sha("nowhere").padEnd(64, "0") }),
    );
    expect(await story.run("feature/x")).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("which is not on branch"),
    });
  });
});
