import { describe, expect, it } from "vitest";
import {
  type FingerprintParts,
  fingerprintOf,
} from "../../src/model/fingerprint.ts";

const parts: FingerprintParts = {
  engine: "toy",
  code: undefined,
  files: [
    { role: "a", path: "a", sha256: "1".repeat(64) },
    { role: "b", path: "b", sha256: "2".repeat(64) },
  ],
  options: { x: 1, y: { p: true, q: [1, 2] } },
  allow: { missing: [], unexpected: [] },
  recipe: "r",
  device: "auto",
  image: null,
  evidence: { random: 3 },
  policy: {},
  checks: "1",
};
const base = fingerprintOf(parts);

describe("fingerprints", () => {
  it("do not depend on the order of files or keys", () => {
    const turned = {
      ...parts,
      files: [...parts.files].reverse(),
      options: { y: { q: [1, 2], p: true }, x: 1 },
    };
    expect(fingerprintOf(turned)).toEqual(base);
  });

  it.each<[string, Partial<FingerprintParts>, string[]]>([
    ["a file", { files: [] }, ["spec", "exec", "verdict"]],
    ["an option", { options: {} }, ["spec", "exec", "verdict"]],
    [
      "an allowed tensor",
      { allow: { missing: ["x"], unexpected: [] } },
      ["spec", "exec", "verdict"],
    ],
    ["the recipe", { recipe: "s" }, ["exec", "verdict"]],
    ["the device", { device: "cpu" }, ["exec", "verdict"]],
    ["the image", { image: "x@sha256:1" }, ["exec", "verdict"]],
    ["the policy", { policy: { off: ["shapes"] } }, ["verdict"]],
    ["the checks", { checks: "2" }, ["verdict"]],
    ["the evidence", { evidence: { random: 4 } }, ["verdict"]],
  ])("change with %s, and only where they should", (_, change, changed) => {
    const other = fingerprintOf({ ...parts, ...change });
    const different = (["spec", "exec", "verdict"] as const).filter(
      (key) => other[key] !== base[key],
    );
    expect(different).toEqual(changed);
  });

  it("are 64 hex digits", () =>
    expect(Object.values(base).every((hex) => /^[0-9a-f]{64}$/.test(hex))).toBe(
      true,
    ));
});
