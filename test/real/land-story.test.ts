import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONFIG, GOOD, type LandRun, MISFIT } from "../land/story.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { GitHistory, type Method } from "./git-history.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();
const NOBODY = "0".repeat(40);

/** docs/landing.md from the first request to a revert, with pipelines of main that never came. */
describe.skipIf(!parts)("a team's week on main", () => {
  const at = useLandWorld(parts);
  let git: GitHistory;
  beforeEach(() => {
    git = new GitHistory(at.story);
  });
  afterEach(() => git?.remove());

  /** A branch in Git and in lakeFS with a new model of the request's number, converted on its merge request. */
  async function request(iid: number, weights = GOOD(iid)): Promise<void> {
    git.branch(`feature/m${iid}`);
    const made = ["branch", `feature/m${iid}`, "--create"];
    expect((await at.story.command(made, at.server.env)).code).toBe(0);
    await at.main.onBranch(`feature--m${iid}`).commit({
      [`model/m${iid}/model.json`]: CONFIG,
      [`model/m${iid}/toy.weights`]: weights,
    });
    const { code } = await at.story.run(`feature/m${iid}`);
    expect([iid, code]).toEqual([iid, weights === MISFIT ? 1 : 0]);
  }

  const merge = (iid: number, how?: Method) =>
    git.merge(`feature/m${iid}`, iid, how);

  /** The pipeline of a push to main. */
  const pushed = ({ before, after }: { before: string; after: string }) =>
    at.story.land(after, [], { CI_COMMIT_BEFORE_SHA: before });

  const scheduled = () =>
    at.story.land(git.head(), [], {
      CI_PIPELINE_SOURCE: "schedule",
      CI_COMMIT_BEFORE_SHA: NOBODY,
    });

  const statuses = ({ code, document }: LandRun) => [
    code,
    ...document.requests.map(({ iid, status }) => `!${iid} ${status}`),
  ];

  const modelsOnMain = async () =>
    Object.keys(await at.main.hashes(["edge/"]))
      .flatMap((path) => /^edge\/(m\d)\/end2end\.onnx$/.exec(path)?.[1] ?? [])
      .sort();

  /** First lines of the notes on a request. */
  const notes = (iid: number) =>
    at.gitlab.notes
      .filter((note) => note.iid === iid)
      .map(({ body }) => /^### (.*)$/m.exec(body)?.[1]);

  const landings = async () =>
    (await at.main.log()).map(({ message }) => message).reverse();

  it("loses nothing: each merged model lands in the order of the merges, or somebody is told", async () => {
    await request(1);
    expect(statuses(await pushed(merge(1)))).toEqual([0, "!1 landed"]);

    // Auto-cancelled by the next push, [skip ci], and never started.
    for (const iid of [2, 3, 4]) await request(iid);
    merge(3);
    merge(2, "squash");
    merge(4);
    expect(await modelsOnMain()).toEqual(["m1"]);
    const week = await scheduled();
    expect(statuses(week)).toEqual([0, "!3 landed", "!2 landed", "!4 landed"]);
    for (const iid of [3, 2])
      expect(week.stdout).toContain(`!${iid} was merged at`);

    // No model at all, a red that was merged all the same, and a good one after it.
    git.branch("feature/m5", "Docs");
    await request(6, MISFIT);
    await request(7);
    expect(statuses(await pushed(merge(5)))).toEqual([0, "!5 nothing"]);
    expect(statuses(await pushed(merge(6)))).toEqual([1, "!6 refused"]);
    const both = [1, "!6 refused", "!7 landed"];
    expect(statuses(await pushed(merge(7, "squash")))).toEqual(both);
    // The newest merge is looked at again, and known.
    const refused = [1, "!6 refused", "!7 already"];
    expect(statuses(await scheduled())).toEqual(refused);

    // Repaired on its data branch, as the on-call table says.
    const branch = at.main.onBranch("feature--m6");
    await branch.commit({ "model/m6/toy.weights": GOOD(6) });
    const again = ["run", "--isolation", "none", "--model-branch"];
    const green = await at.story.command(
      [...again, "feature--m6"],
      at.server.env,
    );
    expect(green.code).toBe(0);
    const repaired = [0, "!6 landed", "!7 already"];
    expect(statuses(await scheduled())).toEqual(repaired);
    expect(await modelsOnMain()).toEqual(["m1", "m2", "m3", "m4", "m6", "m7"]);

    // And one is taken back.
    const landed = at.gitlab.requests.find(({ iid }) => iid === 3);
    git.revertBranch("revert-1a2b3c4d", landed?.merge_commit_sha ?? "");
    const reverted = git.merge("revert-1a2b3c4d", 8);
    expect(statuses(await pushed(reverted))).toEqual([0, "!8 undone"]);
    expect(await modelsOnMain()).toEqual(["m1", "m2", "m4", "m6", "m7"]);
    expect(statuses(await scheduled())).toEqual([0, "!8 undone"]);

    const order = (await landings()).flatMap(
      (message) =>
        /^(?:land .*|take back) \(?(!\d)\)?/.exec(message)?.[1] ?? [],
    );
    expect(order).toEqual(["!1", "!3", "!2", "!4", "!7", "!6", "!3"]);
    for (const iid of [1, 2, 3, 4, 6, 7])
      expect([iid, notes(iid)]).toEqual([
        iid,
        [expect.stringContaining("✅ Landed")],
      ]);
    expect(notes(5)).toEqual([]);
    expect(notes(8)).toEqual([expect.stringContaining("Reverted")]);
    expect(await at.main.branches()).toEqual(["main", "feature--x"].sort());

    const after = await at.story.command([...again, "main"], at.server.env);
    expect(after).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("unchanged, already in"),
    });
  }, 600_000);
});
