import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GOOD, sha } from "../land/story.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();
const isMerge = ({ method, path }: Exchange) =>
  method === "POST" && path.endsWith("/merge/main");

describe.skipIf(!parts)("land, when things happen at once", () => {
  const at = useLandWorld(parts);

  /** A green `feature/x` that is merged in Git. */
  async function merged(): Promise<string> {
    await at.feature.commit({ "model/a/toy.weights": GOOD(5) });
    expect(await at.story.run("feature/x")).toMatchObject({ code: 0 });
    return at.story.merge("feature/x", 7);
  }

  it("lands once although the answer to the merge is lost", async () => {
    const commit = await merged();
    const proxy = await faultProxy(at.server.endpoint);
    proxy.fail(isMerge, "lost-answer", 1);
    const before = (await at.main.log()).length;
    const run = await at.story.land(commit, [], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    expect({
      code: run.code,
      log: run.stdout,
      unmet: proxy.unmet(),
    }).toMatchObject({ code: 0, unmet: 0 });
    await proxy.close();
    const [landing] = await at.main.log();
    expect(run.document.requests[0]).toMatchObject({
      status: "landed",
      landed: landing?.id,
    });
    expect(
      (await at.main.log()).filter(({ message }) =>
        message.startsWith("land "),
      ),
    ).toHaveLength(1);
    expect((await at.main.log()).length).toBeGreaterThan(before);
  });

  it("finds what an earlier job did that was killed after the merge, and finishes it", async () => {
    const commit = await merged();
    const proxy = await faultProxy(at.server.endpoint);
    const killed = await new Promise<string>((done) => {
      const land = at.story.land(
        commit,
        [],
        { LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint },
        (child) => {
          // The first request after the merge never arrives: the job dies with it.
          const merges = () =>
            proxy.exchanges.some(
              (exchange) => isMerge(exchange) && exchange.status === 200,
            );
          proxy.before(
            () => merges(),
            async () => {
              child.kill("SIGKILL");
              await new Promise((resolve) => setTimeout(resolve, 100));
            },
          );
        },
      );
      void land.then(({ signal }) => done(String(signal)));
    });
    await proxy.close();
    expect(killed).toBe("SIGKILL");
    const after = await at.shown();
    expect(await at.feature.branches()).toContain("feature--x");
    const run = await at.story.land(commit);
    expect(run).toMatchObject({
      code: 0,
      document: { requests: [{ status: "already", landed: after[0] }] },
    });
    expect(await at.shown()).toEqual(after);
    expect(await at.feature.branches()).toEqual(["main"]);
    // The branch is gone now: its traces are found in the log.
    expect((await at.story.land(commit)).document.requests).toMatchObject([
      { status: "already", landed: after[0] },
    ]);
  });

  it("lands the commit that it checked, and keeps a branch to which somebody pushed meanwhile", async () => {
    const commit = await merged();
    const proxy = await faultProxy(at.server.endpoint);
    proxy.before(isMerge, () =>
      at.feature.commit({ "model/a/toy.weights": GOOD(99) }),
    );
    const run = await at.story.land(commit, ["--delete-branch", "always"], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect((await at.main.read("model/a/toy.weights")).toString()).toBe(
      GOOD(5),
    );
    expect(run.document.requests[0]?.data_branch_kept).toContain(
      "somebody pushed to it",
    );
    expect(await at.feature.branches()).toContain("feature--x");
    // Landing again does not take what nobody proved.
    expect(await at.story.land(commit)).toMatchObject({
      code: 1,
      document: { requests: [{ code: "stale-verdict" }] },
    });
    expect((await at.main.read("model/a/toy.weights")).toString()).toBe(
      GOOD(5),
    );
  });

  it("gets through while a person commits on main", async () => {
    const commit = await merged();
    const proxy = await faultProxy(at.server.endpoint);
    proxy.before(isMerge, async () => {
      await at.main.upload({ "notes.txt": "by hand" });
      setTimeout(() => void at.main.commit({}), 600);
    });
    const run = await at.story.land(commit, [], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect((await at.main.read("notes.txt")).toString()).toBe("by hand");
    expect((await at.main.read("model/a/toy.weights")).toString()).toBe(
      GOOD(5),
    );
  });

  it("says with exit 1 when a push by hand between look and merge left a model that no green covers", async () => {
    await at.feature.commit({
      "model/a/model.json": JSON.stringify({ channels: 4, note: 1 }),
    });
    expect(await at.story.run("feature/x")).toMatchObject({ code: 0 });
    const proxy = await faultProxy(at.server.endpoint);
    proxy.before(isMerge, () =>
      at.main.commit({ "model/a/toy.weights": GOOD(9) }),
    );
    const run = await at.story.land(at.story.merge("feature/x", 7), [], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();
    expect(run.code).toBe(1);
    expect(run.document.target_notices.join()).toContain(
      "a on main: its verdict is about other files",
    );
    expect(at.gitlab.notes.at(-1)?.body).toContain("a on main");
  });

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
      "waiting, for a pipeline of the merge request still runs",
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
      "(waited 2 s: a pipeline of the merge request still runs)",
    );
    at.gitlab.pipelines.set(7, ["failed"]);
    const ended = await at.story.land(commit, ["--wait", "10m"]);
    expect(ended).toMatchObject({
      code: 1,
      document: { requests: [{ code: "stale-verdict" }] },
    });
    expect(ended.seconds).toBeLessThan(60);
    expect(await at.shown()).toEqual(before);
  });

  it("deletes the data branch only when it may", async () => {
    const commit = await merged();
    at.gitlab.branches.add("feature/x");
    const kept = await at.story.land(commit);
    expect(kept.document.requests[0]?.data_branch_kept).toBe(
      "the Git branch feature/x is still there",
    );
    await at.feature.upload({ "model/a/half.weights": "half" });
    const dirty = await at.story.land(commit, ["--delete-branch", "always"]);
    expect(dirty.code).toBe(0);
    expect(dirty.document.requests[0]).toMatchObject({
      status: "already",
      data_branch_kept: "it holds objects that nobody committed",
    });
    expect(await at.feature.branches()).toContain("feature--x");
    await at.server.call(
      "PUT",
      `/repositories/${at.repository}/branches/feature--x`,
      { type: "reset" },
    );
    const never = await at.story.land(commit, ["--delete-branch", "never"]);
    expect(never.document.requests[0]?.data_branch_kept).toBe(
      "delete-branch is never",
    );
    expect(
      (await at.story.land(commit, ["--delete-branch", "always"])).document
        .requests[0]?.data_branch_kept,
    ).toBeNull();
    expect(await at.feature.branches()).toEqual(["main"]);
  });

  it("prints the command when landing is off, and the command does it", async () => {
    const commit = await merged();
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
      "somebody pushed to it",
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
      stdout: expect.stringContaining("does not hold"),
    });
  });
});
