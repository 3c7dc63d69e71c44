import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseSnapshotId } from "../../src/store/file/snapshot-id.ts";
import { type FolderWorld, folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD } from "../land/story.ts";

let at: FolderWorld;

beforeEach(async () => {
  at = await folderWorld();
  at.write("main", {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(1),
  });
});
afterEach(() => at.close());

const publicationOf = (id: string) => parseSnapshotId(id)?.publication ?? id;

it("two jobs at once land a request in a folder once, and both say that a revert of it is not possible", async () => {
  const { gitlab, root, story } = at;
  await story.command(["branch", "feature/x", "--create"]);
  at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
  const green = await story.run("feature/x");
  expect({ code: green.code, log: green.stdout }).toMatchObject({ code: 0 });

  const commit = story.merge("feature/x", 7);
  const runs = await Promise.all([story.land(commit), story.land(commit)]);
  const landed = runs.map(({ code, stdout, document }) => {
    expect({ code, log: stdout }).toMatchObject({ code: 0 });
    return document.requests[0];
  });
  for (const request of landed)
    expect(["already", "landed"]).toContain(request?.status);
  // Whoever comes later finds the publication, without the state of the branch that the landing made.
  const ids = landed.map((request) => publicationOf(request?.landed ?? ""));
  expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(readdirSync(root).sort()).toEqual([".model-to-edge", "main"]);

  gitlab.messages.set(8, ["This reverts merge request !7"]);
  const revert = story.merge("revert-1a2b3c4d", 8);
  for (const run of await Promise.all([
    story.land(revert),
    story.land(revert),
  ])) {
    expect({ code: run.code, log: run.stdout }).toMatchObject({
      code: 1,
    });
    expect(run.document.requests).toMatchObject([
      { status: "refused", code: "undo-impossible" },
    ]);
    expect(run.stdout).toContain("keeps no history");
  }
});
