import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isStoreBranch,
  mapBranchName,
  mayShare,
  refsThatShare,
} from "../../src/gitlab/branch-name.ts";

describe("mapBranchName", () => {
  it.each([
    ["main", "main"],
    ["feature/foo", "feature--foo"],
    ["release/1/hot_fix-2", "release--1--hot_fix-2"],
    ["UPPER-case", "UPPER-case"],
    ["trailing-", "trailing-"],
    ["_private", "_private"],
    ["detector-20240115", "detector-20240115"],
    ["PERC-12345678", "PERC-12345678"],
    ["revert-1a2b3c4d", "revert-1a2b3c4d"],
    ["fix/0badcafe", "fix--0badcafe"],
    ["20240115", "20240115"],
    ["2026", "2026"],
    ["deadbeef", "deadbeef"],
    ["a--b", "a--b"],
    ["a/-b", "a---b"],
  ])("leaves %s sayable", (ref, name) => expect(mapBranchName(ref)).toBe(name));

  it.each([
    ["other characters", "feat/@all", /^feat-all-[0-9a-f]{8}$/],
    ["a dot", "v1.2", /^v1-2-[0-9a-f]{8}$/],
    ["a leading dash", "-x", /^x-[0-9a-f]{8}$/],
    ["nothing that stays", "日本語", /^ref-[0-9a-f]{8}$/],
    ["a name like a fork's", "fork-12/x", /^fork-12-x-[0-9a-f]{8}$/],
    [
      "a name like a draft's",
      "mte-draft-20260101T000000Z-a-b-c",
      /^ref-mte-draft-.*-[0-9a-f]{8}$/,
    ],
    ["over 100 characters", "x".repeat(101), /^x{91}-[0-9a-f]{8}$/],
  ])("gives a hash to %s", (_, ref, pattern) =>
    expect(mapBranchName(ref)).toMatch(pattern),
  );

  it("uses the first 8 hex digits of the sha256 of the whole ref", () => {
    expect(mapBranchName("v1.2")).toBe("v1-2-0e4f5bce");
  });

  it("puts a fork's branches in a place of their own", () => {
    expect(mapBranchName("main", 42)).toBe("fork-42--main");
    expect(mapBranchName("feat/ü", 42)).toMatch(/^fork-42--feat-[0-9a-f]{8}$/);
  });

  const characters = fc.constantFrom(..."aAf0-_/.é");
  const hostile = fc.string({ unit: characters, minLength: 1, maxLength: 12 });
  const ref = fc.oneof(
    hostile,
    fc.string({ minLength: 1 }),
    fc.string({ unit: characters, minLength: 80 }),
  );
  const origin = fc.record({
    ref,
    fork: fc.option(fc.integer({ min: 1, max: 12 })),
  });

  it("gives two refs one branch only where refsThatShare says so, and mayShare of both", () => {
    fc.assert(
      fc.property(hostile, hostile, (left, right) => {
        const rivals = [
          right,
          right.replaceAll("--", "/"),
          mapBranchName(left),
        ];
        for (const rival of rivals.filter((name) => name !== left)) {
          const shared = mapBranchName(left) === mapBranchName(rival);
          expect(refsThatShare(left, rivals).includes(rival)).toBe(shared);
          if (shared)
            expect([mayShare(left), mayShare(rival)]).toEqual([true, true]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["feature/foo", "feature--foo"],
    ["v1.2", "v1-2-0e4f5bce"],
  ])("%s and %s share one", (left, right) => {
    expect(refsThatShare(left, ["main", left, right])).toEqual([right]);
    expect(refsThatShare(right, ["main", left, right])).toEqual([left]);
  });

  it("keeps a fork's branches apart from all of ours", () => {
    fc.assert(
      fc.property(origin, hostile, ({ ref, fork }, other) => {
        fc.pre(fork !== null);
        expect(mapBranchName(other)).not.toBe(mapBranchName(ref, fork));
      }),
    );
  });

  it("always gives a name that the store accepts, of bounded length", () => {
    fc.assert(
      fc.property(origin, ({ ref, fork }) => {
        const name = mapBranchName(ref, fork);
        expect(isStoreBranch(name)).toBe(true);
        expect(name.length).toBeLessThanOrEqual(100 + "fork-12--".length);
      }),
      { numRuns: 3000 },
    );
  });
});
