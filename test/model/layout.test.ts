import { describe, expect, it } from "vitest";
import { branchPaths, isManifestPath } from "../../src/model/layout.ts";

describe("where a manifest lies", () => {
  it.each([
    ["edge", "edge/manifest.json", true],
    ["edge", "edge/det/manifest.json", true],
    ["edge", "edge/det/more/manifest.json", false],
    ["edge", "evidence/det/manifest.json", false],
    ["edge", "edge-old/det/manifest.json", false],
    ["out/edge", "out/edge/det/manifest.json", true],
    ["out/edge", "out/edge/manifest.json", true],
    ["out/edge", "edge/det/manifest.json", false],
    ["out/edge", "out/edge/det/contract.json", false],
  ])("below %s, %s: %s", (edge, path, expected) => {
    expect(isManifestPath(path, branchPaths("model", edge))).toBe(expected);
  });
});
