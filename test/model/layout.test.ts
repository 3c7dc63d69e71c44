import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import {
  branchPaths,
  isManifestPath,
  separatePaths,
} from "../../src/model/layout.ts";

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

describe("the folders of a branch", () => {
  it.each([
    ["model", "model"],
    ["model", "model/edge"],
    ["edge/model", "edge"],
    ["model", "evidence"],
    ["evidence", "edge"],
    ["evidence/model", "edge"],
    ["m/evidence", "m/edge"],
  ])(
    "are refused where they overlap: models in %s, edge in %s",
    (model, edge) => {
      expect(() => separatePaths(model, edge)).toThrow(UsageError);
    },
  );

  it.each([
    ["model", "edge"],
    ["model", "models"],
    ["m/model", "m/edge"],
    ["model", "evidence/edge"],
    ["evidence", "out/edge"],
  ])("may lie side by side: models in %s, edge in %s", (model, edge) => {
    expect(separatePaths(model, edge)).toEqual(branchPaths(model, edge));
  });
});
