import { describe, expect, it } from "vitest";
import { changedModels, movedPaths } from "../../src/land/changes.ts";

const PATHS = { model: "model", edge: "edge", evidence: "evidence" };
/** A branch by its paths; the token says what lies there. */
const state = (files: Record<string, string>) =>
  new Map(
    Object.entries(files).map(([path, token]) => [
      path,
      { path, size: 1, token },
    ]),
  );
const BASE = {
  "model/a/c": "1",
  "model/a/w": "1",
  "model/b/w": "1",
  "edge/a/m": "1",
  "model/conversion.yaml": "1",
};

const changed = (source: Record<string, string>, models = ["a", "b"]) =>
  changedModels(
    { base: state(BASE), source: state(source), target: state(BASE) },
    models,
    PATHS,
  );

describe("what a branch changed", () => {
  it.each<[string, Record<string, string>, string[]]>([
    ["nothing", BASE, []],
    ["a model's weights", { ...BASE, "model/a/w": "2" }, ["a"]],
    ["only an edge model", { ...BASE, "edge/a/m": "2" }, ["a"]],
    ["a new model", { ...BASE, "model/n/w": "1" }, ["n"]],
    [
      "a model that left",
      {
        "model/a/c": "1",
        "model/a/w": "1",
        "edge/a/m": "1",
        "model/conversion.yaml": "1",
      },
      ["b"],
    ],
    [
      "the configuration of all models",
      { ...BASE, "model/conversion.yaml": "2" },
      ["a", "b"],
    ],
    ["a foreign file in edge/", { ...BASE, "edge/README": "1" }, []],
  ])("%s", (_what, source, names) => {
    expect(changed(source)).toEqual(names);
  });

  it("is the one flat model, whatever lies below model/", () => {
    expect(changed({ ...BASE, "model/a/w": "2" }, ["model"])).toEqual([
      "model",
    ]);
    expect(changed(BASE, ["model"])).toEqual([]);
  });
});

describe("what the target changed meanwhile", () => {
  const moved = (
    source: Record<string, string>,
    target: Record<string, string>,
    names = ["a"],
  ) =>
    movedPaths(
      { base: state(BASE), source: state(source), target: state(target) },
      names,
      PATHS,
    );
  const ours = { ...BASE, "model/a/c": "2", "edge/a/m": "2" };

  it.each<[string, Record<string, string>, string[]]>([
    ["nothing", BASE, []],
    ["another model", { ...BASE, "model/b/w": "2" }, []],
    ["the same file", { ...BASE, "model/a/c": "3" }, ["model/a/c"]],
    [
      "another file of the model, which a store would merge",
      { ...BASE, "model/a/w": "2" },
      ["model/a/w"],
    ],
    ["the same file in the same way", { ...BASE, "model/a/c": "2" }, []],
    [
      "the configuration of all models",
      { ...BASE, "model/conversion.yaml": "2" },
      ["model/conversion.yaml"],
    ],
  ])("%s", (_what, target, paths) => {
    expect(moved(ours, target)).toEqual(paths);
  });

  it("does not matter where the branch changed no model", () => {
    expect(moved(BASE, { ...BASE, "model/conversion.yaml": "2" }, [])).toEqual(
      [],
    );
  });
});
