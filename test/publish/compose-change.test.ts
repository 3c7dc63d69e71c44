import { describe, expect, it } from "vitest";
import { toJson } from "../../src/document/document.ts";
import { branchPaths, placesOf } from "../../src/model/layout.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { composeChange } from "../../src/publish/compose-change.ts";

const manifest = (
  name: string,
  mark: string,
  ...paths: string[]
): Manifest => ({
  kind: "manifest",
  version: 3,
  name,
  engine: "toy",
  fingerprint: { spec: mark, exec: mark, verdict: mark },
  inputs: [{ path: `model/${name}/w`, size: 1, token: mark, sha256: mark }],
  files: paths.map((path) => ({ path, size: 1, token: mark, sha256: mark })),
  verdict: { outcome: "pass", reason: "equal", answer: [], because: [] },
});
const path = "edge/a/manifest.json";
const PATHS = branchPaths("model", "edge");
const places = placesOf("a", PATHS);
const compose = (
  ours: Manifest[],
  target: Record<string, Manifest | null>,
  more: {
    newer?: string[];
    gone?: Manifest[];
    there?: string[];
    /** A file that somebody wrote anew. */
    edited?: string;
    overtaken?: (names: string[]) => void;
    outdated?: (names: string[]) => void;
    /** Token by path. */
    inputs?: Record<string, string>;
  } = {},
) =>
  composeChange({
    ...(more.overtaken ? { overtaken: more.overtaken } : {}),
    ...(more.outdated ? { outdated: more.outdated } : {}),
    manifests: ours.map((manifest) => ({
      manifest,
      places: placesOf(manifest.name, PATHS),
    })),
    gone: (more.gone ?? []).map((manifest) => ({
      manifest,
      places: placesOf(manifest.name, PATHS),
    })),
  })({
    head: "h",
    pointers: new Map(
      Object.entries(target).map(([at, current]) => [
        at,
        current && Buffer.from(toJson(current)),
      ]),
    ),
    exists: (file) => (more.there ?? []).includes(file),
    holds: ({ path }) => path !== more.edited,
    newer: new Set(more.newer),
    ...(more.inputs && { inputs: new Map(Object.entries(more.inputs)) }),
  });

describe("the change that a publication makes", () => {
  it("writes the manifest and keeps its files", () => {
    const change = compose([manifest("a", "1", "edge/a/x")], { [path]: null });
    expect([...(change?.write.keys() ?? [])]).toEqual([path]);
    expect(change?.keep.map((file) => file.path)).toEqual(["edge/a/x"]);
  });

  it("writes the same model again where one of its files was edited", () => {
    const same = manifest("a", "1", "edge/a/x", "edge/a/y");
    expect(compose([same], { [path]: same })).toBeNull();
    const change = compose([same], { [path]: same }, { edited: "edge/a/y" });
    expect(change?.keep.map((file) => file.path)).toEqual([
      "edge/a/x",
      "edge/a/y",
    ]);
  });

  it("removes files that the model no longer has, and only those that are there", () => {
    const before = manifest("a", "0", "edge/a/x", "edge/a/old", "edge/a/lost");
    const change = compose(
      [manifest("a", "1", "edge/a/x")],
      { [path]: before },
      { there: ["edge/a/x", "edge/a/old"] },
    );
    expect(change?.remove).toEqual(["edge/a/old"]);
  });

  it("is nothing where the same result is published already", () => {
    const same = manifest("a", "1", "edge/a/x");
    expect(compose([same], { [path]: same })).toBeNull();
  });

  it("leaves a model alone that a newer run has published meanwhile, and names it", () => {
    const theirs = manifest("a", "2", "edge/a/x");
    const named: string[][] = [];
    const overtaken = (names: string[]) => void named.push(names);
    expect(
      compose(
        [manifest("a", "1", "edge/a/x")],
        { [path]: theirs },
        { newer: [path], overtaken },
      ),
    ).toBeNull();
    expect(named).toEqual([["a"]]);
  });

  it("removes a model that left, with its manifest", () => {
    const left = manifest("a", "0", "edge/a/x");
    const change = compose(
      [],
      { [path]: left },
      { gone: [left], there: ["edge/a/x", path] },
    );
    expect(change?.remove).toEqual([path, "edge/a/x"]);
  });

  it("keeps a model that left and came back meanwhile", () => {
    const change = compose(
      [],
      { [path]: manifest("a", "9", "edge/a/x") },
      { gone: [manifest("a", "0", "edge/a/x")], there: ["edge/a/x", path] },
    );
    expect(change).toBeNull();
  });

  it("never removes what a manifest by hand lists of another model", () => {
    const forged = manifest("a", "0", "edge/a/old", "edge/b/x", "model/a/w");
    const there = ["edge/a/old", "edge/b/x", "model/a/w", path];
    const target = { [path]: forged };
    expect(
      compose([manifest("a", "1", "edge/a/x")], target, { there })?.remove,
    ).toEqual(["edge/a/old"]);
    expect(compose([], target, { there, gone: [forged] })?.remove).toEqual([
      "edge/a/manifest.json",
      "edge/a/old",
    ]);
  });

  it.each<[string, { stray?: string[]; isAltered?: boolean }, string[]]>([
    [
      "an unproved file lies beside it",
      { stray: ["edge/a/b.onnx"] },
      ["edge/a/b.onnx"],
    ],
    ["a listed file was changed", { isAltered: true }, []],
  ])("publishes the same manifest again where %s", (_what, more, removed) => {
    const ours = manifest("a", "1", "edge/a/x");
    const ask = (placed: object) =>
      composeChange({
        manifests: [{ manifest: ours, places, ...placed }],
        gone: [],
      })({
        head: "h",
        pointers: new Map([[path, Buffer.from(toJson(ours))]]),
        exists: (file) => ["edge/a/x", "edge/a/b.onnx", path].includes(file),
        holds: () => true,
      });
    expect(ask({})).toBeNull();
    const change = ask(more);
    expect(change?.keep.map((file) => file.path)).toEqual(["edge/a/x"]);
    expect(change?.remove).toEqual(removed);
  });

  it("does not trip over a foreign file at the manifest's place", () => {
    const target = composeChange({
      manifests: [{ manifest: manifest("a", "1", "edge/a/x"), places }],
      gone: [],
    });
    const pointers = new Map([[path, Buffer.from("not json")]]);
    expect(
      target({ head: "h", pointers, exists: () => true, holds: () => true })
        ?.remove,
    ).toEqual([]);
  });

  it("leaves what is of the inputs that lie there now, where ours were changed back meanwhile", () => {
    const [ours, published] = [manifest("a", "2"), manifest("a", "1")];
    const told: string[][] = [];
    const overtaken = (names: string[]) => void told.push(names);
    for (const [token, isLeft] of [
      ["1", true],
      ["2", false],
      ["3", false],
    ] as const) {
      const inputs = { "model/a/w": token };
      const target = { [path]: published };
      const change = compose([ours], target, { inputs, overtaken });
      expect([token, change === null]).toEqual([token, isLeft]);
    }
    expect(told).toEqual([["a"], [], []]);
  });

  it("names a model that it writes although other inputs lie there now", () => {
    const ours = [manifest("a", "1", "edge/a/x")];
    const named: string[][] = [];
    const outdated = (names: string[]) => void named.push(names);
    compose(ours, { [path]: null }, { outdated });
    for (const token of ["1", "2"])
      compose(
        ours,
        { [path]: null },
        { outdated, inputs: { "model/a/w": token } },
      );
    compose(
      ours,
      { [path]: manifest("a", "2", "edge/a/x") },
      { outdated, inputs: { "model/a/w": "2" } },
    );
    expect(named).toEqual([[], [], ["a"], []]);
  });

  it("leaves a model whose inputs came back meanwhile", () => {
    const gone = [manifest("a", "1", "edge/a/x")];
    const target = { [path]: gone[0] ?? null };
    const there = [path, "edge/a/x"];
    const removed = (inputs: Record<string, string>) =>
      compose([], target, { gone, there, inputs })?.remove ?? [];
    expect(removed({})).toEqual(there);
    expect(removed({ "model/a/w": "1" })).toEqual([]);
  });
});
