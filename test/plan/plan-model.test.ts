import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/model-settings.ts";
import type { EngineDescription } from "../../src/engine/protocol.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { PlanEngine } from "../../src/plan/choose-engine.ts";
import { type ModelQuestion, planModel } from "../../src/plan/plan-model.ts";

const engine = (name: string, config: string): PlanEngine => ({
  description: {
    name,
    accepts: [
      { role: "config", glob: config, count: "one" },
      { role: "checkpoint", glob: "*.pth", count: "one" },
      { role: "sample", glob: "samples/*", count: "many" },
    ],
  } as EngineDescription,
  recipe: `recipe of ${name}`,
  loosening: ["trusted"],
  optionProblems: async (options) =>
    "bad" in options ? ["bad is not an option"] : [],
});
const file = (relative: string) => ({
  path: `model/det/${relative}`,
  relative,
  size: 1,
  token: `t:${relative}`,
});
const question = (
  change: Partial<ModelQuestion> = {},
  files = ["config.py", "e.pth"],
): ModelQuestion => ({
  folder: { name: "det", folder: "model/det", files: files.map(file) },
  settings: settingsOf("det", []),
  code: null,
  engines: [engine("mm", "*.py"), engine("toy", "*.json")],
  engine: null,
  device: "auto",
  imageOf: () => null,
  force: false,
  published: null,
  author: { key: null, user: null, counts: true, doubt: null },
  stray: [],
  altered: [],
  checks: "1",
  lastCheckpoint: null,
  ...change,
});

/** A manifest of the very model that the question is about. */
async function published(): Promise<Manifest> {
  const inputs = ["config.py", "e.pth"].map((path) => ({
    ...file(path),
    sha256: "a".repeat(64),
  }));
  const unknown = {
    kind: "manifest",
    inputs,
    files: [{ path: "edge/det/x", token: "x" }],
  } as unknown as Manifest;
  const planned = await planModel(
    question({
      published: {
        ...unknown,
        fingerprint: { spec: "", exec: "", verdict: "" },
      },
    }),
  );
  if (!planned.fingerprint) throw new Error("open");
  return { ...unknown, fingerprint: planned.fingerprint };
}
/** A second engine that takes whatever checkpoint it is, and prefers a folder with model.py. */
const loose: PlanEngine = {
  ...engine("loose", "*.py"),
  description: {
    name: "loose",
    accepts: [
      { role: "checkpoint", glob: "*.{pth,pt}", count: "one" },
      { role: "code", glob: "*.py", count: "many", preferred: "model.py" },
    ],
  } as EngineDescription,
};

describe("of several engines that accept a folder", () => {
  it.each([
    [["config.py", "e.pth"], "mm"],
    [["net.py", "e.pth"], "mm"],
    [["model.py", "e.pth"], "loose"],
    [["e.pth"], "loose"],
  ])("%j is meant for %s", async (files, name) => {
    const engines = [loose, engine("mm", "*.py")];
    expect(await planModel(question({ engines }, files))).toMatchObject({
      decision: "convert",
      engine: name,
    });
  });
});

describe("the plan of one model", () => {
  it("finds the engine that accepts the files, and leaves the fingerprint open while hashes are unknown", async () => {
    expect(await planModel(question())).toMatchObject({
      decision: "convert",
      engine: "mm",
      fingerprint: null,
    });
  });

  it("knows a model again by its tokens, without download", async () => {
    expect(
      (await planModel(question({ published: await published() }))).decision,
    ).toBe("unchanged");
  });

  it.each<[string, Partial<ModelQuestion>]>([
    ["--force", { force: true }],
    ["a published file that is gone or replaced", { altered: ["edge/det/x"] }],
    ["an ONNX file that nobody proved", { stray: ["edge/det/x.onnx"] }],
    ["another device", { device: "cpu" }],
    [
      "another recipe",
      { engines: [{ ...engine("mm", "*.py"), recipe: "new" }] },
    ],
  ])("converts again with %s", async (_, change) => {
    const planned = await planModel(
      question({ published: await published(), ...change }),
    );
    expect(planned.decision).toBe("convert");
  });

  it("checks again, and converts nothing, with newer checks", async () => {
    const planned = await planModel(
      question({ published: await published(), checks: "2" }),
    );
    expect(planned.decision).toBe("recheck");
  });

  it.each([
    ["the case of its ending", "E.PTH", "rename `E.PTH` to `e.pth`"],
    ["its place", "old/e.pth", "move `old/e.pth` to model/det/ itself"],
    ["its export", "det.onnx", "`det.onnx` was exported already"],
    ["nothing", "notes.txt", /^add what is missing/],
  ])(
    "says that %s keeps a checkpoint from being taken",
    async (_, path, says) => {
      const planned = await planModel(question({}, ["config.py", path]));
      expect(planned.failure?.hint).toMatch(says);
    },
  );

  it.each<[string, Partial<ModelQuestion>, string[], string]>([
    ["no engine accepts the folder", {}, ["notes.txt"], "no-engine-accepts"],
    [
      "two engines accept it",
      {},
      ["config.py", "config.json", "e.pth"],
      "engine-ambiguous",
    ],
    [
      "the engine is unknown",
      { engine: "mn" },
      ["config.py", "e.pth"],
      "engine-unknown",
    ],
    ["a file is missing", { engine: "mm" }, ["config.py"], "file-missing"],
    [
      "an option is wrong",
      { settings: { ...settingsOf("det", []), options: { mm: { bad: 1 } } } },
      ["config.py", "e.pth"],
      "options",
    ],
    [
      "an option of an engine that it does not need is wrong",
      { settings: { ...settingsOf("det", []), options: { toy: { bad: 1 } } } },
      ["config.py", "e.pth"],
      "options",
    ],
  ])("refuses when %s", async (_, change, files, code) => {
    expect(await planModel(question(change, files))).toMatchObject({
      decision: "refused",
      failure: { kind: "input", code },
    });
  });

  it("takes the samples that conversion.yaml names instead of the engine's", async () => {
    const settings = { ...settingsOf("det", []), samples: "pictures/*.jpg" };
    const files = ["config.py", "e.pth", "samples/a.jpg", "pictures/b.jpg"];
    const planned = await planModel(question({ settings }, files));
    expect(
      planned.files
        .filter(({ role }) => role === "sample")
        .map(({ path }) => path),
    ).toEqual(["model/det/pictures/b.jpg"]);
  });
});
