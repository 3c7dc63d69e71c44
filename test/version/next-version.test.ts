import { describe, expect, test } from "vitest";
import type { Level } from "../../src/version/change.ts";
import {
  countedFrom,
  nextVersion,
  type VersionWish,
} from "../../src/version/next-version.ts";
import {
  type ReleaseVersion,
  readVersion,
  writeVersion,
} from "../../src/version/release-version.ts";

const DAY = new Date("2026-11-28T23:30:00Z");
const PRODUCT: VersionWish = {
  scheme: "xyz",
  ...{ kind: null, project: null, chosen: null, day: DAY },
};
const OEM = { scheme: "x.y.z-project.n", project: "oem" } as const;

function next(
  known: readonly string[],
  level: Level,
  change: Partial<VersionWish> = {},
): string {
  const wish = { ...PRODUCT, ...change };
  const versions = known.map((text) => readVersion(text) as ReleaseVersion);

  return writeVersion(nextVersion(wish, countedFrom(versions, wish), level));
}

describe("the next version", () => {
  test.each<[string[], Level, Partial<VersionWish>, string]>([
    [[], "none", {}, "1.0.0"],
    [["1.0.0"], "weights", {}, "1.1.0"],
    [["1.0.0"], "additive", {}, "1.1.0"],
    [["1.9.0", "1.10.3"], "weights", {}, "1.11.0"],
    [["1.1.0"], "breaking", {}, "2.0.0"],
    [["1.1.0"], "none", {}, "1.1.0"],
    [["1.1.0"], "weights", { kind: "patch" }, "1.1.1"],
    [["1.1.0"], "additive", { kind: "patch" }, "1.1.1"],
    // A person may raise it.
    [["1.1.0"], "weights", { chosen: "3.0.0" }, "3.0.0"],
    [["1.1.0"], "none", { chosen: "1.1.0" }, "1.1.0"],
    [[], "none", { chosen: "1.0.0" }, "1.0.0"],
    // Other lines do not count.
    [["1.0.0", "4.2", "20260101", "1.0.0-oem.7"], "weights", {}, "1.1.0"],
    [[], "none", { scheme: "x.y" }, "1.0"],
    [["1.4", "7.0.0"], "weights", { scheme: "x.y" }, "1.5"],
    [["1.4"], "breaking", { scheme: "x.y" }, "2.0"],
    [[], "none", { scheme: "date" }, "20261128"],
    [["20261128"], "weights", { scheme: "date" }, "20261128.2"],
    [["20261128.2"], "breaking", { scheme: "date" }, "20261128.3"],
    [["20261128"], "none", { scheme: "date" }, "20261128"],
    // A clock that went back does not lower a version.
    [["20270101"], "weights", { scheme: "date" }, "20270101.2"],
    [["1.1.0"], "none", OEM, "1.1.0-oem.1"],
    [["1.1.0", "1.1.0-oem.1"], "weights", OEM, "1.1.0-oem.2"],
    [["1.1.0", "1.1.0-oem.1"], "none", OEM, "1.1.0-oem.1"],
    [["1.1.0", "1.1.0-tier.4"], "weights", OEM, "1.1.0-oem.1"],
    // A hot fix of an older product.
    [
      ["1.1.0", "1.2.0", "2.0.0"],
      "weights",
      { ...OEM, chosen: "1.1.0-oem.1" },
      "1.1.0-oem.1",
    ],
    // The line stays on its product until a person moves it.
    [["1.1.0", "1.1.0-oem.3", "1.2.0"], "weights", OEM, "1.1.0-oem.4"],
    [
      ["1.1.0", "1.1.0-oem.3", "1.2.0"],
      "weights",
      { ...OEM, chosen: "1.2.0-oem.1" },
      "1.2.0-oem.1",
    ],
  ])(
    "after %j with a change that is %s (%j) is %s",
    (known, level, change, is) => {
      expect(next(known, level, change)).toBe(is);
    },
  );

  test.each<[string[], Level, Partial<VersionWish>, RegExp]>([
    [["1.1.0"], "breaking", { chosen: "1.2.0" }, /too low.*2\.0\.0/],
    [["1.1.0"], "weights", { chosen: "1.1.0" }, /too low.*1\.2\.0/],
    [["2.0.0"], "none", { chosen: "1.9.0" }, /too low.*2\.0\.0/],
    [[], "none", { chosen: "0.9.0" }, /the first version is 1\.0\.0/],
    [["1.1.0"], "breaking", { kind: "patch" }, /patch, but.*breaking/],
    [["1.1"], "weights", { kind: "patch", scheme: "x.y" }, /no third number/],
    [["1.1.0"], "breaking", OEM, /keeps the contract/],
    [["1.1"], "weights", OEM, /no product version to start from/],
    [
      ["1.1.0"],
      "weights",
      { ...OEM, chosen: "1.3.0-oem.1" },
      /no product version 1\.3\.0/,
    ],
    [
      ["1.1.0", "1.1.0-oem.2"],
      "weights",
      { ...OEM, chosen: "1.1.0-oem.2" },
      /too low.*1\.1\.0-oem\.3/,
    ],
  ])("after %j, %s, %j is refused", (known, level, change, says) => {
    expect(() => next(known, level, change)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(says),
        code: "version-not-allowed",
      }),
    );
  });
});
