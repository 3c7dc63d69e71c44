import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareVersions,
  type ReleaseVersion,
  readVersion,
  SCHEMES,
  versionOf,
  writeVersion,
} from "../../src/version/release-version.ts";

const number = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 999_999 }));
const project = fc.stringMatching(/^[a-z][a-z0-9]{0,2}(-[a-z0-9]{1,2})?$/);
const day = fc.date({
  min: new Date("1000-01-01"),
  max: new Date("9999-12-31"),
  noInvalidDate: true,
});
const n = fc.integer({ min: 1, max: 12 });
const ANY: fc.Arbitrary<ReleaseVersion> = fc.oneof(
  fc.tuple(number, number, number).map((numbers) => ({
    ...{ scheme: "xyz" as const, numbers, project: null, n: 0 },
  })),
  fc.tuple(number, number).map(([x, y]) => ({
    scheme: "x.y" as const,
    numbers: [x, y, 0] as const,
    ...{ project: null, n: 0 },
  })),
  fc.tuple(day, n).map(([date, of]) => ({
    scheme: "date" as const,
    numbers: [
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
    ] as const,
    ...{ project: null, n: of },
  })),
  fc.tuple(number, number, number, project, n).map(([x, y, z, name, of]) => ({
    scheme: "x.y.z-project.n" as const,
    numbers: [x, y, z] as const,
    ...{ project: name, n: of },
  })),
);

describe("a version", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(ANY, (version) => {
        expect(readVersion(writeVersion(version))).toEqual(version);
      }),
    );
  });

  test("of any two one is first, and the same one from both sides", () => {
    fc.assert(
      fc.property(ANY, ANY, ANY, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(
          -Math.sign(compareVersions(b, a)) || 0,
        );
        expect(compareVersions(a, b) === 0).toBe(
          writeVersion(a) === writeVersion(b),
        );

        const [first, second, third] = [a, b, c].toSorted(compareVersions);
        if (first && second && third)
          expect(compareVersions(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("of a project comes after its product's, and before the next one", () => {
    fc.assert(
      fc.property(number, number, project, n, (x, y, name, of) => {
        const at = (text: string) => readVersion(text) as ReleaseVersion;
        const own = at(`${x}.${y}.0-${name}.${of}`);
        expect(compareVersions(own, at(`${x}.${y}.0`))).toBeGreaterThan(0);
        expect(compareVersions(own, at(`${x}.${y}.1`))).toBeLessThan(0);
      }),
    );
  });

  test("lists are sorted as people read them", () => {
    const sorted = [
      "20231231",
      "20240102",
      "20240102.2",
      "1.0",
      "1.0.0",
      "1.1.0",
      "1.1.0-oem.1",
      "1.1.0-oem.2",
      "1.1.0-oem.10",
      "1.1.0-tier.1",
      "1.2.0",
      "1.10.0",
      "2.0.0",
    ];
    const read = sorted.toReversed().map((text) => readVersion(text));
    const texts = read
      .filter((version) => version !== null)
      .toSorted(compareVersions)
      .map(writeVersion);
    expect(texts).toEqual(sorted);
  });

  test.each([
    "v1.0.0",
    "1",
    "1.2.3.4",
    "01.2.3",
    "1.2.3-oem",
    "1.2.3-OEM.1",
    "1.2.3-oem.0",
    "1.2.3-.1",
    "1.2.3-oem-.1",
    "20240230",
    "20241301",
    "20240101.0",
    "1.2.3 ",
    "",
    "1000000.0.0",
  ])("%j is none", (text) => expect(readVersion(text)).toBeNull());

  test.each([
    ["latest", "xyz", "not a version of any scheme"],
    ["1.2", "xyz", "of the scheme x.y"],
    ["1.2.3", "date", "of the scheme xyz"],
  ] as const)(
    "%s is not one of %s, and an example is shown",
    (text, scheme, says) => {
      expect(() => versionOf(text, scheme)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(says),
          code: "version-malformed",
        }),
      );
    },
  );

  test("each example in the errors is a version of its scheme", () => {
    for (const scheme of SCHEMES)
      try {
        versionOf("?", scheme);
      } catch (error) {
        const { hint = "" } = error as { hint?: string };
        const example = /as (\S+) \(/.exec(hint)?.[1] ?? "";
        expect(readVersion(example)?.scheme).toBe(scheme);
      }
    expect.assertions(SCHEMES.length);
  });
});
