import { describe, expect, test } from "vitest";
import { FLAT_NAME } from "../../src/model/find-models.ts";
import { branchPaths } from "../../src/model/layout.ts";
import { strayModels, unlistedModels } from "../../src/plan/stray-models.ts";

const paths = branchPaths("model", "edge");
const listing = (...files: string[]) => ({
  files: files.map((path) => ({ path, size: 1, sha256: "", token: "" })),
});
const MANIFESTS = [
  listing("edge/det/end2end.onnx", "edge/det/contract.json"),
  listing("edge/deeper/end2end.onnx"),
];

const strayOf = (name: string, ...published: string[]) =>
  strayModels(name, paths, unlistedModels(published, MANIFESTS));

describe("an ONNX file that no manifest lists", () => {
  test("is found in the model's own folder, whatever its letters", () => {
    const found = strayOf(
      "det",
      ...["edge/det/end2end.onnx", "edge/det/old.ONNX", "edge/det/a/b.onnx"],
    );
    expect(found).toEqual(["edge/det/a/b.onnx", "edge/det/old.ONNX"]);
  });

  test("is nobody's in another folder, also of a similar name", () => {
    expect(strayOf("det", "edge/det2/x.onnx", "edge/de/x.onnx")).toEqual([]);
  });

  test("counts only directly in edge/ for a model directly in model/", () => {
    const found = strayOf(FLAT_NAME, "edge/x.onnx", "edge/det/y.onnx");
    expect(found).toEqual(["edge/x.onnx"]);
  });

  test("is none where another model's manifest lists it", () => {
    expect(strayOf("deeper", "edge/deeper/end2end.onnx")).toEqual([]);
  });

  test("is none of another kind of file", () => {
    expect(strayOf("det", "edge/det/onnx.txt", "edge/det/a.onnx.md")).toEqual(
      [],
    );
  });
});
