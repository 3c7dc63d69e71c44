import { expect, it } from "vitest";
import { landedSoFar } from "../../src/land/landed-so-far.ts";
import { publishedSoFar } from "../../src/publish/published-so-far.ts";

const NOTHING = { commit: null, models: [], removed: [] };

it.each([
  [
    {
      status: "published",
      commit: "c1",
      models: ["det", "seg"],
      removed: ["old"],
    },
    "published det, seg and removed old on branch b, commit c1",
  ],
  [
    { status: "published", commit: "c1", models: [], removed: ["old"] },
    "removed old on branch b, commit c1",
  ],
  [
    { ...NOTHING, status: "unchanged" },
    "branch b had everything already, and nothing was published anew",
  ],
  [{ ...NOTHING, status: "withheld" }, "nothing was published"],
  [{ ...NOTHING, status: "none" }, "nothing was published"],
] as const)("tells a publication: %o", (publication, sentence) => {
  const { models, removed, ...facts } = publication;
  expect(
    publishedSoFar(
      { ...facts, models: [...models], removed: [...removed] },
      "b",
    ),
  ).toBe(sentence);
});

it("tells what was landed, and not what was there before", () => {
  const results = [
    { iid: 7, status: "landed", landed: "c7" },
    { iid: 8, status: "already", landed: "c8" },
    { iid: 9, status: "refused", landed: null },
    { iid: 10, status: "undone", landed: "c10" },
  ] as const;

  expect(landedSoFar(results, "main")).toBe(
    "on branch main: !7 landed in commit c7, !10 taken back in c10",
  );
  expect(landedSoFar(results.slice(1, 3), "main")).toBe(null);
});
