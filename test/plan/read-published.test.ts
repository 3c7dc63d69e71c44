import { describe, expect, test } from "vitest";
import { branchPaths } from "../../src/model/layout.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import {
  type PublishedModel,
  readPublishedModels,
} from "../../src/plan/read-published.ts";
import { byteOrder } from "../../src/store/paths.ts";
import type { Snapshot, StoreObject } from "../../src/store/store.ts";

const PATHS = branchPaths("model", "edge");
const HASH = "a".repeat(64);
const file = (path: string, token = `sha256:${path}`) => ({
  ...{ path, size: 1, token, sha256: HASH },
});

function manifestOf(name: string, files: string[]): Manifest {
  const print = { spec: HASH, exec: HASH, verdict: HASH };
  return {
    ...{ kind: "manifest", version: 3, name, engine: "toy" },
    fingerprint: print,
    inputs: [],
    files: files.map((path) => file(path)),
    verdict: { outcome: "pass", reason: "equal", answer: [], because: [] },
  };
}

/** Objects by path; a manifest stands for its bytes. `listed`: how many were listed, by the moment of each read. */
function branch(files: Record<string, Manifest | string | null>) {
  const listed = { now: 0 };
  const objects = Object.keys(files).sort(byteOrder);
  const snapshot = {
    id: "s",
    async *list(prefix: string): AsyncGenerator<StoreObject> {
      for (const path of objects.filter((each) => each.startsWith(prefix))) {
        listed.now += 1;
        const token = files[path];
        yield typeof token === "string" ? file(path, token) : file(path);
      }
    },
    read: async (path: string) => Buffer.from(JSON.stringify(files[path])),
  } as unknown as Snapshot;

  return { snapshot, listed };
}

async function read(files: Record<string, Manifest | string | null>) {
  const models: PublishedModel[] = [];
  for await (const model of readPublishedModels(branch(files).snapshot, PATHS, {
    keys: [],
    publisher: null,
  }))
    models.push(model);

  return models.map(({ name, manifest, stray, altered, missing }) => ({
    ...{ name, has: manifest !== null, stray, altered },
    ...(missing.length > 0 ? { missing } : {}),
  }));
}

const NOTHING_FLAT = { name: "model", has: false, stray: [], altered: [] };

describe("what is published", () => {
  test("comes model by model, with what is altered and what nobody proved", async () => {
    const files = (name: string) => [
      `edge/${name}/end2end.onnx`,
      `evidence/${name}/verdict.json`,
    ];
    const found = await read({
      ...Object.fromEntries(
        ["a", "a-b", "gone"]
          .flatMap((name) => files(name))
          .map((f) => [f, null]),
      ),
      "edge/a/manifest.json": manifestOf("a", files("a")),
      "edge/a-b/manifest.json": manifestOf("a-b", files("a-b")),
      "edge/a-b/end2end.onnx": "sha256:another",
      "edge/a-b/deep/old.ONNX": null,
      "edge/gone/manifest.json": manifestOf("gone", [
        ...files("gone"),
        "edge/gone/missing.json",
      ]),
    });

    expect(found).toEqual([
      {
        ...{ name: "a-b", has: true, stray: ["edge/a-b/deep/old.ONNX"] },
        altered: ["edge/a-b/end2end.onnx"],
      },
      { name: "a", has: true, stray: [], altered: [] },
      {
        name: "gone",
        has: true,
        stray: [],
        altered: ["edge/gone/missing.json"],
        missing: ["edge/gone/missing.json"],
      },
      NOTHING_FLAT,
    ]);
  });

  test.each([
    ["another model's, copied", manifestOf("b", ["edge/b/x.onnx"])],
    [
      "one that lists another model's files",
      manifestOf("a", ["edge/b/x.onnx"]),
    ],
    ["no manifest of ours", null],
  ])("has no manifest where it is %s", async (_, manifest) => {
    expect(
      await read({ "edge/a/manifest.json": manifest, "edge/a/x.onnx": null }),
    ).toEqual([
      { name: "a", has: false, stray: ["edge/a/x.onnx"], altered: [] },
      NOTHING_FLAT,
    ]);
  });

  test("may be one model directly in edge/, with folders of its own", async () => {
    const own = ["edge/x.onnx", "edge/data/w.onnx", "evidence/previews/a.png"];
    expect(
      await read({
        ...Object.fromEntries(own.map((path) => [path, null])),
        "edge/manifest.json": manifestOf("model", own),
        "edge/y.onnx": null,
      }),
    ).toEqual([
      { name: "model", has: true, stray: ["edge/y.onnx"], altered: [] },
    ]);
  });

  test("is told while it is listed: of a thousand models a few are in memory", async () => {
    const names = Array.from({ length: 1000 }, (_, n) => `m${1000 + n}`);
    const { snapshot, listed } = branch(
      Object.fromEntries(
        names.flatMap((name) => [
          [`edge/${name}/manifest.json`, manifestOf(name, [`edge/${name}/x`])],
          [`edge/${name}/x`, null],
          [`evidence/${name}/verdict.json`, null],
        ]),
      ),
    );

    let told = 0;
    for await (const { manifest } of readPublishedModels(snapshot, PATHS, {
      ...{ keys: [], publisher: null },
    })) {
      if (!manifest) continue;
      told += 1;
      // Three files a model; as many models as are read at once, and twice as many folders ahead.
      expect(listed.now / 3 - told).toBeLessThan(100);
    }
    expect(told).toBe(1000);
  });
});
