import { readFileSync, readlinkSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FolderWorld, folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD } from "../land/story.ts";

let at: FolderWorld;

beforeEach(async () => {
  at = await folderWorld();
  write("main", 1);
  await at.run("main");
});
afterEach(() => at.close());

function write(branch: string, first: number): void {
  at.write(branch, {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(first),
  });
}

/** Of a data branch in a folder, whose publication is older than the target's, or gone. */
async function landed(branch: string) {
  const { code, document } = await at.story.land(at.story.merge(branch, 7));
  const [request] = document.requests;
  return { code, status: request?.status, reason: request?.reason ?? "" };
}

it("what was landed long ago is not landed over what came after it, where somebody removed the target's link", {
  timeout: 120_000,
}, async () => {
  await at.story.command(["branch", "x", "--create"]);
  write("x", 5);
  await at.run("x");
  const keep = ["--delete-branch", "never"];
  const merge = at.story.merge("x", 7);
  expect((await at.story.land(merge, keep)).code).toBe(0);
  write("main", 9);
  await at.run("main");
  rmSync(join(at.root, "main/.published"));

  const { code, stdout } = await at.story.land(merge, keep);
  expect({ code, stdout }).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("the link .published of branch main was"),
  });
  const weights = join(at.root, "main/model/a/toy.weights");
  expect(readFileSync(weights, "utf8")).toBe(GOOD(9));
});

const UNPROVED = {
  ...{ code: 1, status: "refused" },
  reason: expect.stringContaining("no green verdict"),
};

it("a model that was changed and never converted is refused, though the target published since the branch left it", {
  timeout: 120_000,
}, async () => {
  await at.story.command(["branch", "x", "--create"]);
  write("x", 5);
  write("main", 3);
  await at.run("main");

  expect(await landed("x")).toMatchObject({
    ...{ code: 1, status: "refused" },
    reason: expect.stringContaining("its verdict covers different files"),
  });
});

it("a branch that never published is refused", async () => {
  write("x", 5);
  expect(await landed("x")).toMatchObject(UNPROVED);
});

it("a branch whose publication somebody removed is refused", async () => {
  await at.story.command(["branch", "x", "--create"]);
  write("x", 5);
  await at.run("x");
  const id = basename(readlinkSync(join(at.root, "x/.published")));
  const publications = join(at.root, ".model-to-edge/publications");
  rmSync(join(publications, id), { recursive: true });

  expect(await landed("x")).toMatchObject(UNPROVED);
});

it("a branch that changed nothing has nothing to land, whatever the target published since", {
  timeout: 120_000,
}, async () => {
  await at.story.command(["branch", "x", "--create"]);
  write("main", 3);
  await at.run("main");

  expect(await landed("x")).toMatchObject({ code: 0, status: "nothing" });
});
