import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folderWorld } from "../land/folder-world.ts";
import { CONFIG, GOOD } from "../land/story.ts";

const HOOK = new URL("../store/file/strike-hook.mjs", import.meta.url).href;

test("a run on the target of a landing that was killed between two renames removes no edge model, and the next landing lands", {
  timeout: 300_000,
}, async () => {
  const { root, story, write, run, close } = await folderWorld();
  onTestFinished(close);

  const contract = (name: string) =>
    readFileSync(join(root, "main/edge", name, "contract.json"), "utf8");

  write("main", {
    "model/a/model.json": CONFIG,
    "model/a/toy.weights": GOOD(1),
  });
  await run("main");
  const before = contract("a");
  await story.command(["branch", "feature/x", "--create"]);
  write("feature--x", { "model/a/toy.weights": GOOD(5) });
  await run("feature--x");

  const commit = story.merge("feature/x", 7);
  await story.land(commit, [], {
    ...{ NODE_OPTIONS: `--import=${HOOK}`, STRIKE_ROOT: root },
    ...{ STRIKE_RENAMED_TO: join(root, "main/model/a"), STRIKE_WAY: "before" },
  });
  expect(existsSync(join(root, "main/model/a"))).toBe(false);

  expect(await run("main")).toContain(
    "the landing of feature--x into main was interrupted",
  );
  expect(readdirSync(join(root, "main/edge"))).toEqual(["a"]);
  expect(contract("a")).toBe(before);
  expect(readFileSync(join(root, "main/model/a/toy.weights"), "utf8")).toBe(
    GOOD(1),
  );

  const landed = await story.land(commit);
  expect(landed).toMatchObject({
    ...{ code: 0, document: { requests: [{ status: "landed" }] } },
  });
  expect(readFileSync(join(root, "main/model/a/toy.weights"), "utf8")).toBe(
    GOOD(5),
  );
});
