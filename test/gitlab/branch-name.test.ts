import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStoreBranch, mapBranchName } from "../../src/gitlab/branch-name.ts";

describe("mapBranchName", () => {
  it.each([
    ["main", "main"],
    ["feature/foo", "feature--foo"],
    ["release/1/hot_fix-2", "release--1--hot_fix-2"],
    ["UPPER-case", "UPPER-case"],
    ["trailing-", "trailing-"],
    ["_private", "_private"],
    ["v1-abcdefg", "v1-abcdefg"],
  ])("leaves %s sayable", (ref, name) => expect(mapBranchName(ref)).toBe(name));

  it.each([
    ["other characters", "feat/@all", /^feat-all-[0-9a-f]{8}$/],
    ["a dot", "v1.2", /^v1-2-[0-9a-f]{8}$/],
    ["a native double dash", "feature--foo", /^feature-foo-[0-9a-f]{8}$/],
    ["a dash beside a slash", "a/-b", /^a-b-[0-9a-f]{8}$/],
    ["an ending like a hash", "fix-0badcafe", /^fix-0badcafe-[0-9a-f]{8}$/],
    [
      "an ending like a hash after a slash",
      "fix/0badcafe",
      /^fix-0badcafe-[0-9a-f]{8}$/,
    ],
    ["hex alone", "deadbeef", /^deadbeef-[0-9a-f]{8}$/],
    ["a number", "2026", /^2026-[0-9a-f]{8}$/],
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

  it("never gives two refs one branch", () => {
    fc.assert(
      fc.property(origin, origin, (a, b) => {
        fc.pre(a.ref !== b.ref || a.fork !== b.fork);
        expect(mapBranchName(a.ref, a.fork)).not.toBe(
          mapBranchName(b.ref, b.fork),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("never gives two refs one branch where one is made from the other's name", () => {
    fc.assert(
      fc.property(origin, hostile, ({ ref, fork }, other) => {
        const name = mapBranchName(ref, fork);
        for (const rival of [
          name,
          name.replace("--", "/"),
          name.replaceAll("--", "/"),
          `${other}/${name}`,
        ])
          if (rival !== ref || fork !== null)
            expect(mapBranchName(rival)).not.toBe(name);
      }),
      { numRuns: 3000 },
    );
  });

  it("always gives a name that the store accepts, of bounded length, never hex alone", () => {
    fc.assert(
      fc.property(origin, ({ ref, fork }) => {
        const name = mapBranchName(ref, fork);
        expect(isStoreBranch(name)).toBe(true);
        expect(name).not.toMatch(/^[0-9a-f]+$/);
        expect(name.length).toBeLessThanOrEqual(100 + "fork-12--".length);
      }),
      { numRuns: 3000 },
    );
  });
});
