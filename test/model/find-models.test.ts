import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import { findModels } from "../../src/model/find-models.ts";
import { branchPaths, placesOf } from "../../src/model/layout.ts";

const objects = (...paths: string[]) =>
  paths.map((path) => ({ path, size: 1, token: path }));
const find = (...paths: string[]) =>
  findModels(objects(...paths), "model", picomatch(["*.pth", "config.py"]));

describe("models of a branch", () => {
  it("are the child folders of model/", () => {
    const { models, mixed } = find(
      "model/a/config.py",
      "model/b/x.pth",
      "model/b/sub/y.txt",
      "other/c/x.pth",
    );
    expect(models.map(({ name, folder }) => [name, folder])).toEqual([
      ["a", "model/a"],
      ["b", "model/b"],
    ]);
    expect(models[1]?.files.map(({ relative }) => relative)).toEqual([
      "x.pth",
      "sub/y.txt",
    ]);
    expect(mixed).toEqual([]);
  });

  it("are model/ itself where a needed file lies directly in it, with its sub-folders as its own files", () => {
    const { models, mixed } = find(
      "model/config.py",
      "model/x.pth",
      "model/samples/a.jpg",
    );
    expect(models.map(({ name, folder }) => [name, folder])).toEqual([
      ["model", "model"],
    ]);
    expect(models[0]?.files).toHaveLength(3);
    expect(mixed).toEqual([]);
  });

  it("are mixed up where both model/ and a child look like one", () => {
    expect(
      find("model/x.pth", "model/det/config.py", "model/samples/a.jpg").mixed,
    ).toEqual(["det"]);
  });

  it("keep names with spaces, unicode, # and %", () => {
    expect(find("model/mein modell #1 50%/x.pth").models[0]?.name).toBe(
      "mein modell #1 50%",
    );
  });

  it("ignore a README beside the folders", () => {
    expect(
      find("model/README.md", "model/a/x.pth").models.map(({ name }) => name),
    ).toEqual(["a"]);
  });
});

describe("places of a model", () => {
  const paths = branchPaths("model", "out/edge");

  it("lie beside each other, a flat model directly in them", () => {
    expect(placesOf("det", paths)).toEqual({
      edge: "out/edge/det/",
      evidence: "out/evidence/det/",
      manifest: "out/edge/det/manifest.json",
    });
    expect(placesOf("model", branchPaths("model", "edge")).manifest).toBe(
      "edge/manifest.json",
    );
  });
});
