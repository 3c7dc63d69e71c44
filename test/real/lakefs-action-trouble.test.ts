import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mapBranchName } from "../../src/gitlab/branch-name.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import type { Trigger } from "../support/trigger-stand-in.ts";
import { PushWorld } from "./push-world.ts";

const parts = await realLakefs();
const TOKEN = "LAKEFSACTION_MODEL_TO_EDGE_TOKEN";

/** Registers the hooks: a world with a server of these settings. */
function useWorld(settings: (world: PushWorld) => Record<string, string>) {
  let server: LakefsServer;
  const world = new PushWorld();
  beforeAll(async () => {
    await world.start();
    if (parts) server = await startLakefs(parts, settings(world));
  });
  afterAll(async () => {
    await server?.stop();
    await world.stop();
  });
  beforeEach(() => world.fresh(server));

  return world;
}

describe.skipIf(!parts || parts.endpoint)("a run that a push started", () => {
  const world = useWorld(() => ({}));
  type Row = [string, () => Promise<Trigger>, number, RegExp];
  const nothing = (why: string) => new RegExp(`nothing to do: .*${why}`);

  it.each<Row>([
    [
      "of another repository",
      () => world.payload("f--x", { repository_id: "somebodys" }),
      2,
      /the push is of lakefs:\/\/somebodys, and this job's store is/,
    ],
    [
      "of a commit that the store does not know",
      () => world.payload("f--x", { commit_id: "5d".repeat(32) }),
      2,
      /does not know the commit/,
    ],
    [
      "of a branch that is gone",
      () => world.payload("f--x", { branch_id: "f--gone" }),
      0,
      nothing("f--gone is gone"),
    ],
    [
      "of 5 MB",
      () => world.payload("f--x", { commit_message: "x".repeat(5_000_000) }),
      2,
      /TRIGGER_PAYLOAD is larger than 1 MiB/,
    ],
    [
      "without JSON",
      async () => ({ ...(await world.payload("f--x")), body: "branch=f--x" }),
      2,
      /TRIGGER_PAYLOAD is not JSON/,
    ],
    [
      "of two branches",
      async () => {
        const payload = await world.payload("f--x");
        const body = payload.body.replace("{", '{"branch_id":"main",');
        return { ...payload, body };
      },
      2,
      /TRIGGER_PAYLOAD names branch_id twice/,
    ],
    [
      "of a hidden branch",
      () => world.payload("f--x", { branch_id: "mte-draft-1" }),
      0,
      nothing("a hidden branch"),
    ],
    [
      "of a fork's branch",
      () => world.payload("f--x", { branch_id: "fork-77--main" }),
      0,
      nothing("belongs to a fork"),
    ],
  ])("does nothing with a payload %s", async (_, payload, code, says) => {
    world.gitBranch("f/x", 7);
    const data = await world.push("f--x");
    const head = await data.head();
    const run = await world.job(await payload());
    expect(run.stdout).toMatch(says);
    expect([run.code, await data.head()]).toEqual([code, head]);
    expect(world.project.notes).toEqual([]);
  });

  it("does nothing for a branch without a Git branch, and refuses two of one", async () => {
    await world.push("try--it");
    const none = await world.job(await world.payload("try--it"));
    expect([none.code, none.stdout]).toEqual([
      0,
      expect.stringMatching(nothing("no Git branch belongs to .* try--it")),
    ]);

    world.gitBranch("two/one", null);
    world.gitBranch("two--one", null);
    await world.push("two--one");
    const two = await world.job(await world.payload("two--one"));
    expect([two.code, two.stdout]).toEqual([
      2,
      expect.stringMatching(/two\/one and two--one|two--one and two\/one/),
    ]);
  });

  it("finds the Git branch of a hashed name, and works with its files", async () => {
    world.gitBranch("fix.me", 8, "version: 1\nsurprise: true\n");
    const name = mapBranchName("fix.me");
    await world.push(name);
    const run = await world.job(await world.payload(name));
    expect([run.code, run.stdout]).toEqual([
      2,
      expect.stringMatching(/merge request !8[\s\S]*surprise/),
    ]);
    expect(world.project.notes).toMatchObject([{ iid: 8 }]);
  });

  it("leaves the pipelines of others as they are", async () => {
    const data = await world.push("main-data");
    const env = { MODEL_TO_EDGE_MODEL_BRANCH: "main-data" };
    const trigger = { ref: "main", token: "", variables: {}, body: "{}" };
    const other = await world.job(trigger);
    expect([other.code, other.stdout]).toEqual([
      0,
      expect.stringMatching(nothing("no push to the store started this")),
    ]);
    const own = await world.job(trigger, {
      ...env,
      MODEL_TO_EDGE_START_ON: "",
    });
    expect([own.code, own.stdout]).toEqual([
      0,
      expect.stringContaining("published on branch main-data"),
    ]);
    expect(Object.keys(await data.hashes(["edge/"]))).not.toEqual([]);
  });
});

describe.skipIf(!parts || parts.endpoint).each([
  ["lua", "true"],
  ["webhook", "false"],
])("doctor, and an action of form %s", (form, isOn) => {
  const world = useWorld(({ gitlab }) => ({
    [TOKEN]: gitlab.token,
    LAKEFS_ACTIONS_LUA_NET_HTTP_ENABLED: isOn,
  }));

  it("say whether it is there, and how its last run ended", async () => {
    const says = (text: RegExp) =>
      expect.poll(() => world.finding(), { timeout: 60_000 }).toMatch(text);
    await says(/^note: no action on main/);

    await world.init("--yes");
    await says(
      RegExp(`^note: the action \\(${form}\\) lies on main, and has not`),
    );

    world.gitBranch("f/x", 7);
    const data = await world.push("f--x");
    await says(/^ok: .*its last run \(.*, branch f--x\) passed/);

    for (const status of [401, 404]) {
      world.gitlab.refuses = status;
      await data.commit({ "model/det/toy.weights": `${status}` });
      await says(RegExp(`^wrong: .*GitLab said ${status}; fix: .*token`));
    }

    await world.gitlab.close();
    await data.commit({ "model/det/toy.weights": "unreachable" });
    await says(/^wrong: .*failed: without an answer/);
    // As docs/lakefs-action.md says of the forms: this one is in the address, and Go's error names that.
    expect((await world.output()).includes(world.gitlab.token)).toBe(
      form === "webhook",
    );
    const doctor = await world.doctor();
    expect(doctor).toMatch(/wrong +push: .*without an answer\n +fix: lakeFS/);
    expect(doctor).not.toContain(world.gitlab.token);
  });
});

describe.skipIf(!parts || parts.endpoint)("a lakeFS server", () => {
  describe("without the token's variable", () => {
    const world = useWorld(() => ({}));

    it("keeps no run, and doctor says what that means", async () => {
      await world.init("--yes");
      await world.push("f--x");
      expect(await world.doctor()).toMatch(
        /has not run\n.*variable with the trigger token is not set/,
      );
    });
  });

  describe("without actions", () => {
    const world = useWorld(() => ({ LAKEFS_ACTIONS_ENABLED: "false" }));

    it("gets no action", async () => {
      const refused = await world.init("--yes");
      expect([refused.code, refused.stdout]).toEqual([
        2,
        expect.stringMatching(/runs no actions[\s\S]*LAKEFS_ACTIONS_ENABLED/),
      ]);
      expect(await world.main.branches()).toEqual(["main"]);
    });
  });
});
