import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allDrafts } from "../harness.ts";
import {
  removeGone,
  STEPS,
  type Step,
  storeIn,
  sweepAll,
  takeStep,
} from "./strike-steps.ts";
import {
  type Ended,
  LANDED,
  OLD,
  type Shown,
  shownBy,
  useStruckStores,
} from "./struck-store.ts";

const ALL = process.env.STRIKES === "all";
const WAYS = ["half", "full", "before", "after"] as const;
const TRIED = ALL ? WAYS : WAYS.slice(0, 2);

const at = useStruckStores();

/** All files and links of the store, by their paths. */
async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

async function healed(step: Step, root: string): Promise<void> {
  expect([
    "published",
    "unchanged",
    "landed",
    "made",
    "deleted",
    "gone",
    "swept",
  ]).toContain(await takeStep(step, root, at.files));
  await sweepAll(storeIn(root));
}

const END: Record<(typeof STEPS)[number], Shown> = {
  publish: { ...OLD, edge: { ...OLD.edge, a: "new" } },
  land: LANDED,
  ...{ branch: OLD, delete: OLD, sweep: OLD },
};

describe.each(STEPS)("a folder store struck in the step %s", (step) => {
  test.each(TRIED)(
    "at each call, %s: a run finds the old state or the new one, and the next try leaves nothing else",
    { timeout: 900_000 },
    async (way) => {
      const calls = await at.callsOf(step);
      const good = await at.fresh();
      await healed(step, good);
      const whole = await filesIn(good);
      expect(await shownBy(good, "main")).toEqual(END[step]);

      for (const index of chosen(calls.length)) {
        const root = await at.fresh();
        const what = `${step} ${way} call ${index} of ${calls}`;
        const { signal, said } = await at.struck(step, root, {
          ...{ STRIKE_AT: String(index), STRIKE_WAY: way },
        });
        if (way !== "full") expect(signal, what).toBe("SIGKILL");
        else expect(said, what).toMatchObject(fullOrDone(said));

        // A run comes by before the step is taken again.
        expect(await removeGone(root, "main"), what).toEqual([]);
        expect([OLD, END[step]], what).toContainEqual(
          await shownBy(root, "main"),
        );
        expect(await shownBy(root, "topic"), what).toEqual(LANDED);

        await healed(step, root);
        expect(await allDrafts(storeIn(root)), what).toEqual([]);
        expect(await filesIn(root), what).toEqual(whole);
        expect(await shownBy(root, "main"), what).toEqual(
          await shownBy(good, "main"),
        );
        await rm(root, { recursive: true });
      }
    },
  );
});

/** Exit code 3 that names the disk; or a success where the step could do without. */
function fullOrDone(said: Ended["said"]) {
  return said !== null && "outcome" in said
    ? {}
    : { isOurs: true, exitCode: 3, code: "disk-full" };
}

/** All calls, or any. */
function chosen(calls: number): number[] {
  const all = Array.from({ length: calls }, (_, index) => index);
  if (ALL) return all;

  return [all[Math.floor(Math.random() * calls)] ?? 0];
}
