import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CONFIG, GOOD, MISFIT, Story } from "../land/story.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { type LakefsServer, realLakefs, startLakefs } from "../support/lakefs-server.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("land, on a real lakeFS", () => {
  let server: LakefsServer;
  let gitlab: FakeProject;
  let story: Story;
  let main: DataBranch;
  let feature: DataBranch;

  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(async () => {
    await server?.stop();
  });
  beforeEach(async () => {
    gitlab = await startFakeProject();
    const repository = await server.repository();
    story = new Story(gitlab, `lakefs://${repository}`, server.env);
    main = new DataBranch(server, repository, "main");
    feature = main.onBranch("feature--x");
    await main.commit({ "model/a/model.json": CONFIG, "model/a/toy.weights": GOOD(1) });
    expect((await story.command(["run", "--isolation", "none", "--model-branch", "main"])).code).toBe(0);
    await feature.create("main");
  });
  afterEach(async () => {
    story.remove();
    await gitlab.close();
  });

  it("tells the whole story: red, fixed, green, merged in Git, landed in one commit, branch deleted", async () => {
    const before = await main.head();
    await feature.commit({ "model/a/toy.weights": MISFIT });
    expect((await story.run("feature/x")).code).toBe(1);
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    const green = await story.run("feature/x");
    expect({ code: green.code, log: green.stdout }).toMatchObject({ code: 0 });
    const proved = await feature.hashes(["model/", "edge/", "evidence/"]);
    expect(await main.head()).toBe(before);
    const run = await story.land(story.merge("feature/x", 7));
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(await main.hashes(["model/", "edge/", "evidence/"])).toEqual(proved);
    expect((await main.commits()).indexOf(before)).toBeGreaterThan(0);
    expect(await feature.branches()).toEqual(["main"]);
  });
});
