import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nameDraft } from "../../src/store/draft-name.ts";
import { ANYBODY, sweepDrafts } from "../../src/store/sweep.ts";
import { storeContext } from "../support/store-context.ts";
import { folderStore } from "./file/folder-store.ts";
import { allDrafts, useStore } from "./harness.ts";

const HOUR = 3_600_000;
const now = new Date("2026-11-21T12:00:00Z");

const { log } = storeContext();

describe("a sweep", () => {
  const at = useStore(folderStore);

  async function leftBehind(owner: string, hours: number): Promise<string> {
    const made = new Date(now.getTime() - hours * HOUR);
    const ref = nameDraft({
      branch: "main",
      base: "",
      owner,
      now: made,
      unique: "00c0ffee",
    });
    await at.store.draft(ref).put(await at.folder({ m: "1" }), ["m"], "edge/");
    return ref.id;
  }

  test("removes drafts that are old enough, and says whose they were", async () => {
    const old = await leftBehind("pipeline 1", 25);
    const young = await leftBehind("pipeline 2", 23);
    const ctx = storeContext();
    const swept = await sweepDrafts(at.store, {
      olderThanMs: 24 * HOUR,
      of: ANYBODY,
      dryRun: false,
      now,
      log: ctx.log,
    });
    expect(swept.map(({ id }) => id)).toEqual([old]);
    expect((await allDrafts(at.store)).map(({ id }) => id)).toEqual([young]);
    expect(ctx.lines).toEqual([
      `removed the draft ${old} of pipeline 1, made 2026-11-20T11:00:00.000Z`,
    ]);
  });

  test("takes only an owner's drafts where one is named", async () => {
    const mine = await leftBehind("mine", 2);
    await leftBehind("theirs", 2);
    const options = {
      olderThanMs: HOUR,
      of: { owner: "mine" },
      dryRun: false,
      now,
      log: storeContext().log,
    };
    expect((await sweepDrafts(at.store, options)).map(({ id }) => id)).toEqual([
      mine,
    ]);
    expect(await allDrafts(at.store)).toHaveLength(1);
  });

  test("takes a long owner's drafts, whose name holds only its beginning", async () => {
    const owner = `vision/detectors:feature/${"long-name-".repeat(12)}`;
    const mine = await leftBehind(owner, 2);
    const options = { of: { owner }, olderThanMs: HOUR, dryRun: false };
    const log = storeContext().log;
    const swept = await sweepDrafts(at.store, { ...options, now, log });
    expect(swept.map(({ id }) => id)).toEqual([mine]);
  });

  test.each(["vision/a", `vision/${"deep-group/".repeat(10)}a`])(
    "takes the drafts of a project, and not those of another: %s",
    async (project) => {
      const mine = await leftBehind(`${project}:feature/x`, 2);
      await leftBehind("vision/ab:feature/x", 2);
      await leftBehind("local", 2);
      const options = { of: { project }, olderThanMs: HOUR, dryRun: false };
      const log = storeContext().log;
      const swept = await sweepDrafts(at.store, { ...options, now, log });
      expect(swept.map(({ id }) => id)).toEqual([mine]);
    },
  );

  test("takes what a killed landing left, which names no owner, for any project, and for no single run", async () => {
    const folder = join(at.under.root, ".model-to-edge/drafts/landing-x");
    await mkdir(folder, { recursive: true });
    const options = { olderThanMs: 0, dryRun: false, now: new Date(), log };
    const run = await sweepDrafts(at.store, { ...options, of: { owner: "" } });
    expect(run).toEqual([]);
    const of = { project: "vision/a" };
    const swept = await sweepDrafts(at.store, { ...options, of });
    expect(swept.map(({ id }) => id)).toEqual(["landing-x"]);
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("removes nothing where it is only asked", async () => {
    const ctx = storeContext();
    const id = await leftBehind("pipeline 1", 25);
    const options = { of: ANYBODY, olderThanMs: 0, dryRun: true };
    expect(
      (await sweepDrafts(at.store, { ...options, now, log: ctx.log })).map(
        (draft) => draft.id,
      ),
    ).toEqual([id]);
    expect(ctx.lines[0]).toMatch(/^would remove/);
    expect(await allDrafts(at.store)).toHaveLength(1);
  });
});
