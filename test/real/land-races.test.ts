import { describe, expect, it } from "vitest";
import { GOOD } from "../land/story.ts";
import { faultProxy, isMerge } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("land, when things happen at once", () => {
  const at = useLandWorld(parts);

  it("lands once although the answer to the merge is lost", async () => {
    const commit = await at.merged();
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
    const commit = await at.merged();
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
    const commit = await at.merged();
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
      "someone pushed to it",
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
    const commit = await at.merged();
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
      "a on main: its verdict covers different files",
    );
    expect(at.gitlab.notes.at(-1)?.body).toContain("a on main");
  });
});
