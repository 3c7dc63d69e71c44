import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";

let gitlab: FakeProject;
let root: string;
let story: Story;

beforeEach(async () => {
  gitlab = await startFakeProject();
  root = mkdtempSync(join(tmpdir(), "model-to-edge-land-store-"));
  story = new Story(gitlab, `file://${root}`);
  write("main/model/a/model.json", CONFIG);
  write("main/model/a/toy.weights", GOOD(1));
});
afterEach(async () => {
  story.remove();
  rmSync(root, { recursive: true, force: true });
  await gitlab.close();
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

it("two jobs at once land a request in a folder once, and both say that a revert of it is not possible", async () => {
  await story.command(["branch", "feature/x", "--create"]);
  write("feature--x/model/a/toy.weights", GOOD(5));
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
  const ids = new Set(landed.map((request) => request?.landed));
  expect(ids.size).toBe(1);
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
}, 120_000);
