import { describe, expect, it } from "vitest";
import { nearBranches } from "../../src/plan/near-branch.ts";
import type { BranchFacts } from "../../src/store/store.ts";

function storeWith(...names: string[]) {
  return {
    async *branches(): AsyncGenerator<BranchFacts> {
      for (const name of names)
        yield { name, head: "c", changedAt: new Date(0) } as BranchFacts;
    },
  };
}

describe("near names of a data branch", () => {
  it.each([
    ["other separators", "feature--foo", "feature-foo"],
    ["other separators", "feature--foo", "feature_foo"],
    ["other case", "PERC-123", "perc-123"],
    ["one letter", "detector", "detectro"],
    ["one letter too many", "detector-2024", "detector-20241"],
    [
      "the hash of an older version",
      "detector-20240115",
      "detector-20240115-0a1b2c3d",
    ],
  ])("find %s", async (_, wanted, there) => {
    expect(await nearBranches(storeWith("main", there), wanted)).toEqual([
      there,
    ]);
  });

  it.each([
    ["another feature", "feature--foo", "feature--bar-baz"],
    ["main", "docs--typo", "main"],
    ["a short name", "ab", "cd"],
  ])("leave %s alone", async (_, wanted, there) => {
    expect(await nearBranches(storeWith(there), wanted)).toEqual([]);
  });

  it("are three at most, the nearest first", async () => {
    const store = storeWith("det-1", "det-2", "det_9", "det-3", "det-9x");
    expect(await nearBranches(store, "det-9")).toEqual([
      "det_9",
      "det-1",
      "det-2",
    ]);
  });
});
