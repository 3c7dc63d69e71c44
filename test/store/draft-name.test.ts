import fc from "fast-check";
import { expect, test } from "vitest";
import {
  nameDraft,
  nameJobDraft,
  readDraftName,
  wholeDrafts,
} from "../../src/store/draft-name.ts";

const now = new Date("2026-11-21T09:18:08.123Z");

test("a draft's name tells its time, owner and target", () => {
  const { id } = nameDraft({
    branch: "feature--x",
    base: "b",
    owner: "pipeline 42",
    now,
    unique: "00c0ffee",
  });
  expect(id).toBe(
    "mte-draft-20261121T091808Z-pipeline_2042-feature_2d_2dx-00c0ffee",
  );
  expect(readDraftName(id)).toEqual({
    branch: "feature--x",
    owner: "pipeline 42",
    createdAt: new Date("2026-11-21T09:18:08Z"),
  });
});

test("any owner gives a name that is a branch's in lakeFS and a folder's on disk", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string(),
      (owner, branch) => {
        const { id } = nameDraft({
          branch,
          base: "b",
          owner,
          now,
          unique: "00c0ffee",
        });
        expect(id).toMatch(/^\w[-\w]*$/);
        expect(id.length).toBeLessThanOrEqual(255);
        expect(readDraftName(id)).not.toBeNull();
      },
    ),
  );
});

test("a job's part of a shared draft is a draft by its name, of the same owner and age, and no draft of its own beside the whole", () => {
  const wish = { branch: "main", base: "b", owner: "a/b:main", now };
  const whole = nameDraft({ ...wish, unique: "00c0ffee" });
  const other = nameDraft({ ...wish, unique: "00c0ffed" });
  const parts = ["0123456789ab", "ffffffffffff"].map((unique) =>
    nameJobDraft(whole, unique),
  );
  for (const { id, branch } of parts) {
    expect(readDraftName(id)).toEqual(readDraftName(whole.id));
    expect(branch).toBe(whole.id);
  }

  expect(wholeDrafts([...parts, whole, other])).toEqual([other, whole]);
  // Of a draft that was removed, each is one of its own.
  expect(wholeDrafts([...parts, other])).toEqual([other, ...parts]);
  expect(wholeDrafts([])).toEqual([]);
});

test.each([
  "main",
  "mte-draft-",
  "mte-draft-20261121T091808Z-a-b",
  "mte-draft-20269921T091808Z-a-b-00c0ffee",
])("%s is not a draft of ours", (id) => {
  expect(readDraftName(id)).toBeNull();
});
