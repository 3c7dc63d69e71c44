import { beforeEach, describe, expect, it } from "vitest";
import { GOOD } from "../land/story.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("a revert in Git of a landed request", () => {
  const at = useLandWorld(parts);
  let before: Record<string, string>;

  beforeEach(async () => {
    [, before] = await at.shown();
    const landed = await at.story.land(await at.merged());
    expect(landed.document.requests).toMatchObject([{ status: "landed" }]);
  });

  const shownFiles = async () => (await at.shown())[1];

  function revert(message: string, iid = 8): string {
    at.gitlab.messages.set(iid, [message]);
    return at.story.merge("revert-1a2b3c4d", iid);
  }

  it.each([
    ["GitLab's button", 'Revert "x"\n\nThis reverts merge request !7'],
    ["a full reference", 'Revert "x"\n\nThis reverts merge request a/b!7'],
  ])(
    "takes the data back, by the words of %s, and only once",
    async (_, message) => {
      const commit = revert(message);
      const run = await at.story.land(commit);
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
      expect(run.document.requests).toMatchObject([
        { iid: 8, status: "undone", models: [{ name: "a" }] },
      ]);
      expect(await shownFiles()).toEqual(before);
      expect(at.gitlab.notes.find(({ iid }) => iid === 8)?.body).toContain(
        "Reverted",
      );

      const again = await at.story.land(commit);
      expect(again.document.requests).toMatchObject([
        { status: "undone", code: "undone-before" },
      ]);
      expect(again.stdout).toContain("was already reverted");
      const notes = at.gitlab.notes.filter(({ iid }) => iid === 8);
      expect(notes.map(({ body }) => body)).toEqual([
        expect.stringContaining("Reverted"),
      ]);
      expect(await shownFiles()).toEqual(before);
    },
  );

  it("takes it back by the commit that it reverts", async () => {
    const merged = at.gitlab.requests.find(
      ({ iid }) => iid === 7,
    )?.merge_commit_sha;
    const run = await at.story.land(
      revert(`Revert "x"\n\nThis reverts commit ${merged}.`),
    );
    expect(run.document.requests).toMatchObject([{ iid: 8, status: "undone" }]);
    expect(await shownFiles()).toEqual(before);
  });

  it("refuses where the models changed since, with the lines for a person", async () => {
    await at.main.commit({ "model/a/toy.weights": GOOD(9) });
    const now = await shownFiles();
    const run = await at.story.land(revert("This reverts merge request !7"));
    expect(run.code).toBe(1);
    expect(run.document.requests).toMatchObject([
      {
        status: "refused",
        code: "undo-changed",
        paths: ["model/a/toy.weights"],
      },
    ]);
    expect(run.document.requests[0]?.next).toContain("lakectl branch revert");
    expect(await shownFiles()).toEqual(now);
  });

  it("two jobs at once take it back once", async () => {
    const commit = revert("This reverts merge request !7");
    const runs = await Promise.all([
      at.story.land(commit),
      at.story.land(commit),
    ]);
    for (const run of runs) {
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
      expect(run.document.requests).toMatchObject([{ status: "undone" }]);
    }
    expect(await shownFiles()).toEqual(before);

    const log = await at.main.log();
    const undone = log.filter(
      ({ metadata }) => metadata?.["model-to-edge.undone"],
    );
    expect(undone).toHaveLength(1);
  });

  it("leaves other models alone that landed meanwhile", async () => {
    const other = at.main.onBranch("feature--y");
    await at.story.command(["branch", "feature/y", "--create"]);
    await other.commit({ "model/b/toy.weights": GOOD(6) });
    expect((await at.story.run("feature/y")).code).toBe(0);
    expect((await at.story.land(at.story.merge("feature/y", 9))).code).toBe(0);
    const both = await shownFiles();

    const run = await at.story.land(
      revert("This reverts merge request !7", 10),
    );
    expect(run.document.requests).toMatchObject([{ status: "undone" }]);
    const now = await shownFiles();
    expect(now["model/a/toy.weights"]).toBe(before["model/a/toy.weights"]);
    expect(now["model/b/toy.weights"]).toBe(both["model/b/toy.weights"]);
  });

  it("works by hand, and says what is nothing to take back", async () => {
    const run = await at.story.command(["land", "--undo", "!7"], at.server.env);
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(await shownFiles()).toEqual(before);
    const none = await at.story.command(
      ["land", "--undo", "99"],
      at.server.env,
    );
    expect([none.code, none.stdout]).toEqual([
      0,
      expect.stringContaining("nothing of !99 was landed"),
    ]);
    const wrong = await at.story.command(
      ["land", "--undo", "seven"],
      at.server.env,
    );
    expect(wrong.code).toBe(2);
  });

  it("prints the line where landing is off", async () => {
    const run = await at.story.land(revert("This reverts merge request !7"), [
      "--land",
      "off",
    ]);
    expect(run.document.requests).toMatchObject([
      { status: "off", next: expect.stringContaining("lakectl branch revert") },
    ]);
    expect(await shownFiles()).not.toEqual(before);
  });
});
