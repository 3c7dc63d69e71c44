import { execFileSync } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  copyModels,
  swapFolder,
} from "../../../src/store/file/landed-models.ts";
import { layoutOf } from "../../../src/store/file/layout.ts";
import { removeGone, storeIn, sweepAll, takeStep } from "./strike-steps.ts";
import { LANDED, OLD, shownBy, useStruckStores } from "./struck-store.ts";

const at = useStruckStores();

test("a landing killed at any rename: a run removes nothing and finds the old state or the new one, and another landing completes it", async () => {
  const calls = await at.callsOf("land");
  const renames = calls.flatMap((name, index) =>
    name === "rename" ? [index] : [],
  );
  expect(renames.length).toBeGreaterThanOrEqual(8);

  for (const index of renames) {
    const root = await at.fresh();
    const what = `call ${index} of ${calls}`;
    const { signal } = await at.struck("land", root, {
      ...{ STRIKE_AT: String(index), STRIKE_WAY: "before" },
    });
    expect(signal, what).toBe("SIGKILL");

    expect(await removeGone(root, "main"), what).toEqual([]);
    expect([OLD, LANDED], what).toContainEqual(await shownBy(root, "main"));

    expect(await takeStep("land", root, at.files), what).toBe("landed");
    expect(await shownBy(root, "main"), what).toEqual(LANDED);
    await rm(root, { recursive: true });
  }
});

/** A store in which a landing was killed when the old folder of a model was gone and the new one was not there yet. */
async function halfLanded(model = "a"): Promise<string> {
  const root = await at.fresh();
  const { signal } = await at.struck("land", root, {
    ...{ STRIKE_RENAMED_TO: join(root, "main/model", model) },
    STRIKE_WAY: "before",
  });
  expect(signal).toBe("SIGKILL");
  expect(await readdir(join(root, "main/model"))).not.toContain(model);

  return root;
}

test("a run waits for a landing that is under way, and sees the new state", async () => {
  const root = await at.fresh();
  const stopped = join(root, "..", "stopped");
  const landing = at.struck("land", root, {
    ...{ STRIKE_RENAMED_TO: join(root, "main/model/b"), STRIKE_WAY: "stop" },
    STRIKE_STOPPED: stopped,
  });
  const { pid } = await at.stoppedAt(stopped);

  let isOver = false;
  const run = removeGone(root, "main").finally(() => {
    isOver = true;
  });
  await sleep(500);
  expect(isOver).toBe(false);

  kill(pid, "SIGCONT");
  expect(await run).toEqual([]);
  expect((await landing).said).toEqual({ outcome: "landed" });
  expect(await shownBy(root, "main")).toEqual(LANDED);
});

test("a user that may only read is told of the interrupted landing; one that may write sees the old state", async () => {
  const root = await halfLanded();
  const { said } = await at.struck("run", root, { STRIKE_WAY: "read-only" });
  expect(said).toMatchObject({
    ...{ isOurs: true, exitCode: 2, code: "landing-interrupted" },
    message: expect.stringContaining("topic into branch main"),
  });

  expect(await removeGone(root, "main")).toEqual([]);
  expect(await shownBy(root, "main")).toEqual(OLD);
});

test("a sweep, a new branch from it and its removal respect an interrupted landing", async () => {
  const root = await halfLanded();
  const store = storeIn(root);
  await sweepAll(store);
  await store.createBranch("copy", "main");
  expect(await shownBy(root, "copy")).toEqual(OLD);
  expect(await shownBy(root, "main")).toEqual(OLD);
  await sweepAll(store);
  expect(await readdir(join(root, ".model-to-edge/drafts"))).toEqual([]);

  const other = await halfLanded("b");
  const head = (await storeIn(other).head("main")) ?? "";
  expect(await storeIn(other).deleteBranch("main", head)).toBe("deleted");
  expect((await readdir(other)).sort()).not.toContain("main");
  expect(await readdir(join(other, ".model-to-edge/landings"))).toEqual([]);
});

test("the command of the hint keeps the folder that a person put in the place of an interrupted landing", async () => {
  const root = await halfLanded();
  const file = join(root, "main/model/a/own.txt");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "own");

  const error = await storeIn(root)
    .head("main")
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "landing-interrupted", exitCode: 2 });
  const [command = ""] = /`rm -r [^`]+`/.exec(String(Object(error).hint)) ?? [];
  execFileSync("sh", ["-c", command.slice(1, -1)]);

  expect(await removeGone(root, "main")).toEqual([]);
  expect(await readdir(join(root, "main/model"))).toEqual(["a", "b", "c"]);
  expect(await readdir(dirname(file))).toEqual(["own.txt"]);
});

test("a copy that a sweep removed in part is not landed", async () => {
  const root = await at.fresh();
  const layout = layoutOf(root);
  const wish = {
    ...{ source: "topic", at: "x", target: "main", message: "" },
    metadata: {},
    models: [{ folder: "model/a", pointer: "", take: [], remove: [] }],
  };
  const [copy] = await copyModels(new AbortController().signal, layout, wish);
  await rm(join(copy?.copy ?? "", "w"), { recursive: true });

  const record = { id: "x", source: "topic", publication: null, models: [] };
  await expect(
    swapFolder(layout, "main", record, {
      ...{ folder: "model/a", copy: null, files: 0 },
      ...copy,
    }),
  ).rejects.toMatchObject({ code: "draft-lost" });
});
