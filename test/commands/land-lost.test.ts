import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FolderWorld, folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD, MISFIT, type Story } from "../land/story.ts";
import { JOB_TOKEN } from "../support/fake-project.ts";

let at: FolderWorld;

beforeEach(async () => {
  at = await folderWorld();
  write("main", "base", GOOD(1));
  await at.run("main");
});
afterEach(() => at.close());

function write(branch: string, model: string, weights: string): void {
  at.write(branch, {
    [`model/${model}/model.json`]: CONFIG,
    [`model/${model}/toy.weights`]: weights,
  });
}

/** A data branch with a green model of the same name, whose Git branch was merged as `iid`. */
async function merged(branch: string, iid: number): Promise<string> {
  const { code } = await at.story.command(["branch", branch, "--create"]);
  expect(code).toBe(0);
  write(branch, branch, GOOD(iid));
  await at.run(branch);
  return at.story.merge(branch, iid);
}

const statuses = (run: Awaited<ReturnType<Story["land"]>>) =>
  run.document.requests.map(({ iid, status }) => [iid, status]);

describe("a merge whose pipeline never came to land", () => {
  it("is landed by the next one, in the order of the merges", async () => {
    await merged("one", 7);
    await merged("two", 8);
    const third = await merged("three", 9);
    const run = await at.story.land(third);
    expect(run.code).toBe(0);
    expect(statuses(run)).toEqual([
      [7, "landed"],
      [8, "landed"],
      [9, "landed"],
    ]);
    expect(run.stdout).toContain("!7 was merged at");
    expect(at.gitlab.notes.map(({ iid }) => iid)).toEqual([7, 8, 9]);
  });

  it("is landed by the button on main, and once only", async () => {
    await merged("one", 7);
    const button = { CI_PIPELINE_SOURCE: "web" };
    expect(statuses(await at.story.land("0".repeat(40), [], button))).toEqual([
      [7, "landed"],
    ]);
    const again = await at.story.land("0".repeat(40), [], button);
    expect([again.code, statuses(again)]).toEqual([0, []]);
    expect(again.stdout).toContain("none of the last 30 days is waiting");
  });

  it("is refused where its verdict does not cover its model, and says so each time", async () => {
    await merged("one", 7);
    write("one", "one", MISFIT);
    for (let time = 0; time < 2; time++) {
      const run = await at.story.land(at.story.merge("docs", 8 + time));
      expect(run.code).toBe(1);
      expect(statuses(run)).toContainEqual([7, "refused"]);
    }
  });

  it("waits for an open request of the same Git branch", async () => {
    await merged("one", 7);
    at.story.merge("one", 8, { state: "opened", merged_at: null });
    const run = await at.story.land("0".repeat(40));
    expect([run.code, statuses(run)]).toEqual([0, []]);
    expect(run.stdout).toContain("it will land with that one");
  });

  it("is not looked for where it was merged long ago, or where no data branch is", async () => {
    const long = new Date(Date.now() - 40 * 86_400_000).toISOString();
    await merged("one", 7);
    for (const request of at.gitlab.requests) request.merged_at = long;
    at.story.merge("docs", 8);
    const run = await at.story.land("0".repeat(40));
    expect([run.code, statuses(run)]).toEqual([0, []]);
  });

  it("cannot be found by a job's own token: this is said, and the push is landed", async () => {
    await merged("one", 7);
    const second = await merged("two", 8);
    const run = await at.story.land(second, [], { MODEL_TO_EDGE_TOKEN: "" });
    expect(statuses(run)).toEqual([[8, "landed"]]);
    expect(run.stdout).toContain("only the merges of this push are checked");
  });

  it("cannot be asked for at all with this token: said, and not retried", async () => {
    const second = await merged("two", 8);
    at.gitlab.jobTokenSees = /^$/;
    const args = ["land", "--out", at.story.cwd, "--wait", "0"];
    const run = await at.story.command(args, {
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "main",
      CI_COMMIT_SHA: second,
      CI_JOB_TOKEN: JOB_TOKEN,
    });
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain("give the token the scope api");
    expect(
      at.gitlab.calls.filter((call) => call.includes(second)),
    ).toHaveLength(1);
  });

  it("names the data branch that was meant, where there is none of its name", async () => {
    expect(
      (await at.story.command(["branch", "detector-v2", "--create"])).code,
    ).toBe(0);
    const run = await at.story.land(at.story.merge("detector_v2", 8));
    expect(run.stdout).toContain("did you mean detector-v2?");
  });
});
