import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { PushWorld } from "./push-world.ts";

const parts = await realLakefs();
const TOKEN = "LAKEFSACTION_MODEL_TO_EDGE_TOKEN";
/** Longer than the action waits, and than lakeFS needs to run it. */
const SETTLED_MS = 2_500;

describe.skipIf(!parts || parts.endpoint).each(["lua", "webhook"] as const)(
  "the action of form %s on a real lakeFS",
  (form) => {
    let server: LakefsServer;
    const world = new PushWorld();

    beforeAll(async () => {
      await world.start();
      if (parts)
        server = await startLakefs(parts, {
          [TOKEN]: world.gitlab.token,
          LAKEFS_ACTIONS_LUA_NET_HTTP_ENABLED: String(form === "lua"),
        });
    });
    afterAll(async () => {
      await server?.stop();
      await world.stop();
    });
    beforeEach(() => world.fresh(server));

    const pipelines = (count: number) =>
      expect
        .poll(() => world.gitlab.pipelines.length, { timeout: 60_000 })
        .toBe(count);

    it("is shown first, and committed by one merge where that is asked for", async () => {
      const head = await world.main.head();
      const shown = await world.init();
      expect(shown.stdout).toContain(`form ${form}`);
      expect(shown.stdout).toContain(`+     type: ${form}`);
      expect([shown.code, await world.main.head()]).toEqual([0, head]);

      const written = await world.init("--yes");
      expect(written.code).toBe(0);
      const file = await world.main.read("_lakefs_actions/model-to-edge.yaml");
      expect(String(file)).toContain(`{{ ENV.${TOKEN} }}`);
      expect(String(file)).not.toContain(world.gitlab.token);
      expect((await world.main.log())[0]?.parents).toContain(head);
      expect(await world.main.branches()).toEqual(["main"]);

      const again = await world.init("--yes");
      expect(again.stdout).toContain("nothing to write");
      await sleep(SETTLED_MS);
      expect(world.gitlab.triggers).toEqual([]);
    });

    it.each([
      [
        "a form that there is not",
        ["--lakefs-action", "bash"],
        /lua or webhook/,
      ],
      ["another variable", ["--token-env", "GITLAB_TOKEN"], /LAKEFSACTION_/],
      ["a token for its name", ["--token-env", "glptt-1"], /never the token/],
      ["a long wait", ["--quiet", "1h"], /at most ten minutes/],
      ["no project", ["--project", "vision"], /--project https:/],
      ["another branch", ["--data-branch", "master"], /no branch master/],
      ["a folder", ["--store", "file:///nowhere"], /lakefs:\/\//],
      ...(form === "lua"
        ? []
        : ([
            [
              "what this server cannot do",
              ["--lakefs-action", "lua"],
              /LAKEFS_ACTIONS_LUA_NET_HTTP_ENABLED/,
            ],
          ] as const)),
    ] as const)("is refused with %s", async (_, args, says) => {
      const refused = await world.init(...args, "--yes");
      expect([refused.code, refused.stdout]).toEqual([
        2,
        expect.stringMatching(says),
      ]);
      expect(await world.main.branches()).toEqual(["main"]);
    });

    it("brings a commit's answer to the merge request, and the publication starts nothing", async () => {
      await world.init("--yes");
      world.gitBranch("feature/foo", 7);
      const data = await world.push("feature--foo");
      await pipelines(1);

      const [pipeline] = world.gitlab.pipelines;
      expect(pipeline?.ref).toBe(form === "lua" ? "feature/foo" : "main");
      if (!pipeline) return;
      const run = await world.job(pipeline);
      expect(run.stdout).toMatch(/note on the merge request: posted/);
      expect(run.code).toBe(0);
      expect(world.project.notes).toMatchObject([{ iid: 7 }]);
      expect(world.project.notes[0]?.body).toContain("det");
      expect(Object.keys(await data.hashes(["edge/"]))).toContain(
        "edge/det/end2end.onnx",
      );

      await sleep(SETTLED_MS);
      expect(world.gitlab.triggers).toHaveLength(1);
    });

    it("takes a person's merge as what the form can see, and a landing as nothing", async () => {
      await world.init("--yes");
      world.gitBranch("feature/foo", 7);
      await world.push("feature--foo");
      await pipelines(1);
      const merge = (from: string, into: string, metadata = {}) =>
        server.call(
          "POST",
          `/repositories/${world.repository}/refs/${from}/merge/${into}`,
          { metadata },
        );
      await merge("feature--foo", "main", { "model-to-edge.landed": "x" });
      await world.main.onBranch("other").create("main~1");
      await merge("feature--foo", "other");
      world.gitlab.branches.add("other");
      await pipelines(form === "lua" ? 2 : 1);
      await sleep(SETTLED_MS);
      expect(world.gitlab.pipelines.map(({ ref }) => ref)).toEqual(
        form === "lua" ? ["feature/foo", "other"] : ["main"],
      );
    });

    it("leaves one result of ten commits", async () => {
      await world.init("--yes");
      world.gitBranch("feature/foo", 7);
      const data = await world.push("feature--foo");
      for (let number = 1; number < 10; number++)
        await data.commit({ "model/det/notes.txt": String(number) });
      await pipelines(form === "lua" ? 1 : 10);
      await sleep(SETTLED_MS);

      const says: string[] = [];
      for (const pipeline of world.gitlab.pipelines)
        says.push((await world.job(pipeline)).stdout);
      const others = says.filter((text) => text.includes("nothing to do"));
      expect(others).toHaveLength(says.length - 1);
      expect(says.filter((text) => text.includes("published on"))).toHaveLength(
        1,
      );
      const merges = (await data.log()).filter(
        ({ parents, metadata }) =>
          parents.length === 2 && metadata["model-to-edge.input"],
      );
      expect(merges).toHaveLength(1);
      expect(world.project.notes).toHaveLength(1);
    });
  },
);
