import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { removeGone, takeStep } from "./strike-steps.ts";
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
}, 120_000);
