import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import { ageOf, renderBranchTable } from "../../src/report/branch-table.ts";
import { renderLandJunit } from "../../src/report/land-junit.ts";
import { type LandNote, renderLandNote } from "../../src/report/land-note.ts";
import { asStored } from "../support/fake-gitlab.ts";
import { textOutsideCode } from "./text-outside-code.ts";

const landed: LandNote = {
  status: "landed",
  data_branch: "feature--x",
  reason: null,
  next: null,
  commit: "a".repeat(64),
  landed: "b".repeat(64),
  models: [
    { name: "det", state: "green", sentence: "equal on 12 cases", files: [] },
  ],
  paths: [],
  data_branch_kept: null,
};
const extras = {
  ...{
    store: "lakefs://vision",
    target: "main",
    version: "1.2.3",
    notices: [],
    docs: "https://docs.test",
    fetch: "model-to-edge fetch lakefs://vision/b0b/det det",
    verify: "model-to-edge verify det",
  },
  ...{
    commitUrl: "https://lakefs.test/c",
    jobUrl: "https://git.test/-/jobs/1",
  },
};
const render = (change: Partial<LandNote>, more = {}) =>
  renderLandNote({ ...landed, ...change }, { ...extras, ...more });

describe("the note of a landing", () => {
  it.each<[Partial<LandNote>, string]>([
    [{}, "### ✅ Landed: `feature--x` was merged into `main`"],
    [
      { status: "already" },
      "### ✅ Landed: `feature--x` was merged into `main`",
    ],
    [
      { status: "off", next: "lakectl merge a b" },
      "### ➖ Not landed yet: a person must land `feature--x`",
    ],
    [
      { status: "refused", landed: null },
      "### ❌ Not landed: `main` in the store does not contain what was merged in Git",
    ],
    [
      { status: "failed", landed: null },
      "### ❌ Not landed: `main` in the store does not contain what was merged in Git",
    ],
  ])("begins with the answer: %j", (change, line) => {
    expect(render(change).split("\n")[0]).toBe(line);
  });

  it("says where it is, why not, what to do, and which files", () => {
    expect(render({})).toContain(
      "commit `bbbbbbbbbbbb` ([browse it](https://lakefs.test/c))",
    );
    const refused = render({
      status: "refused",
      landed: null,
      reason: "det: stale",
      next: "run it again",
      paths: ["model/det/w"],
    });
    expect(refused).toContain(
      "**What to do next:** Run it again. [Read more.](https://docs.test/landing.md#for-the-person-on-call)",
    );
    expect(refused).toContain("- `model/det/w`");
    expect(render({ status: "off", next: "lakectl merge a b" })).toContain(
      "```sh\nlakectl merge a b\n```",
    );
  });

  it("of a thousand models holds those that need work, and says where the others are", () => {
    const models = Array.from({ length: 1000 }, (_, n) => ({
      ...{ name: `m${n}`, sentence: "", files: [] },
      state: n === 900 ? "red" : "green",
    }));
    const notices = models.map(({ name }) => `${name} changed`);
    const note = render({ models }, { notices });

    expect(note.length).toBeLessThan(5000);
    expect(note).toContain("|---|---|---|\n| `m900` | ❌ may not ship | – |\n");
    expect(note).toContain("And 970 more: see `land.json` of the job.");
    expect(note).toContain("- And 980 more: see `land.json` of the job.");
  });

  it("is neutral whatever branches, models, files and servers are called", () => {
    const bad =
      "@all `x` #1 !2 ~bug <img src=x onerror=alert(1)> | [a](javascript:b)\n/merge";
    const text = render(
      {
        status: "refused",
        data_branch: bad,
        reason: bad,
        next: bad,
        paths: [bad],
        data_branch_kept: bad,
        models: [{ name: bad, state: "stale", sentence: bad, files: [bad] }],
      },
      {
        store: bad,
        target: bad,
        commitUrl: "javascript:alert(1)",
        jobUrl: "javascript:alert(1)",
        notices: [bad],
      },
    );
    expect(asStored(text)).toBe(text.trimEnd());
    const html = renderMarkdown(text);
    expect(html).not.toMatch(/<img|href="javascript/);
    expect(textOutsideCode(html)).not.toMatch(/@all|#1|!2|~bug|\/merge/);
  });
});

describe("the test tab of a landing", () => {
  it("has a case for each request and each model, and the reason of each failure", () => {
    const stale = {
      name: "a<b",
      state: "stale",
      sentence: "changed",
      files: ["model/a/w"],
    };
    const xml = renderLandJunit(
      {
        requests: [
          { ...landed, iid: 7 },
          {
            ...landed,
            iid: 8,
            status: "refused",
            reason: "no",
            models: [stale],
          },
        ],
      },
      "https://docs.test",
    );
    expect(xml).toContain('tests="4" failures="2"');
    expect(xml).toContain(
      '<testcase name="!7 (feature--x)" classname="merge requests"/>',
    );
    expect(xml).toContain('name="a&lt;b"');
    expect(xml).toContain("changed&#10;model/a/w");
    expect(xml).toContain(
      "no&#10;more: https://docs.test/landing.md#for-the-person-on-call",
    );
  });
});

describe("the table of branches", () => {
  const now = new Date("2026-01-10T00:00:00Z");

  it.each([
    ["2026-01-09T23:58:00Z", "2 min"],
    ["2026-01-09T01:00:00Z", "23 h"],
    ["2026-01-01T00:00:00Z", "9 days"],
    ["2026-02-01T00:00:00Z", "0 min"],
  ])("says how old %s is: %s", (then, age) => {
    expect(ageOf(new Date(then), now)).toBe(age);
  });

  it("is aligned, and says what is missing on either side", () => {
    const data = { changedAt: now, verdict: "1 green" };
    const rows = [
      { git: "feature/x", name: "feature--x", data },
      { git: null, name: "old", data },
      { git: "docs", name: "docs", data: null },
    ];
    expect(renderBranchTable(rows, now)).toBe(
      "Git branch  data branch  verdicts  age\nfeature/x   feature--x   1 green   0 min\n(none)      old          1 green   0 min\ndocs        (none)\n",
    );
  });
});
