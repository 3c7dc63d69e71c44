import { describe, expect, it } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { judgeModel } from "../../src/land/judge-model.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { PlannedModel } from "../../src/plan/plan.ts";
import { closedFingerprint } from "../../src/plan/unchanged.ts";

const CONFIG = {
  role: "config",
  path: "model/det/config.py",
  size: 1,
  token: "c1",
  sha256: "c".repeat(64),
};
const WEIGHTS = {
  role: "checkpoint",
  path: "model/det/w.pth",
  size: 2,
  token: "w1",
  sha256: "d".repeat(64),
};

const base: PlannedModel = {
  name: "det",
  decision: "convert",
  engine: "mm",
  device: "auto",
  folder: "model/det",
  files: [CONFIG, WEIGHTS],
  options: { opset: 13 },
  allow: { missing: [], unexpected: [] },
  policy: STRICT,
  fingerprint: null,
  published: null,
  author: { key: null, user: null, counts: true, doubt: null },
  stray: [],
  altered: [],
  failure: null,
};
const edge = new Map([
  ["edge/det/x.onnx", { path: "edge/det/x.onnx", size: 1, token: "x" }],
]);
const published: Manifest = {
  kind: "manifest",
  version: 3,
  name: "det",
  engine: "mm",
  // Another recipe, image and device than here: only what was asked counts.
  fingerprint: closedFingerprint(
    base,
    "the recipe of its day",
    "img@sha256:1",
    "1",
  ) ?? {
    spec: "",
    exec: "",
    verdict: "",
  },
  inputs: [CONFIG, WEIGHTS].map(({ path, size, token, sha256 }) => ({
    path,
    size,
    token,
    sha256,
  })),
  files: [
    { path: "edge/det/x.onnx", size: 1, token: "x", sha256: "e".repeat(64) },
  ],
  verdict: {
    outcome: "pass",
    reason: "equal",
    answer: [{ text: "it equals its source" }],
    because: [],
  },
};
const moved = (sha256: string | null) => ({ ...WEIGHTS, token: "w2", sha256 });

function judge(
  change: Partial<PlannedModel> = {},
  more: { bytes?: string; edge?: typeof edge; failOn?: "warn" } = {},
) {
  const asked: string[] = [];
  return judgeModel({
    model: { ...base, published, ...change },
    edge: more.edge ?? edge,
    failOn: more.failOn ?? "fail",
    manifest: "edge/det/manifest.json",
    hash: async (objects) => {
      asked.push(...objects.map(({ path }) => path));
      return new Map(objects.map(({ path }) => [path, more.bytes ?? ""]));
    },
  }).then((judged) => ({ ...judged, asked }));
}

const CODE = {
  folder: "model/det",
  files: [
    { role: "config", path: "config.py", size: 1, sha256: "1".repeat(64) },
  ],
};

describe("a model whose code comes from Git", () => {
  const ofGit = (sha256: string) => ({
    commit: "a".repeat(40),
    ...CODE,
    files: CODE.files.map((file) => ({ ...file, sha256 })),
  });
  const asked = { ...base, files: [WEIGHTS], code: ofGit("1".repeat(64)) };
  const manifest: Manifest = {
    ...published,
    fingerprint:
      closedFingerprint(asked, "", null, "1") ?? published.fingerprint,
    inputs: published.inputs.filter(({ path }) => path === WEIGHTS.path),
    code: CODE,
  };

  it("is green with the code of the verdict, whatever commit has it", async () => {
    const judged = await judge({
      ...asked,
      code: { ...asked.code, commit: "b".repeat(40) },
      published: manifest,
    });
    expect(judged).toMatchObject({ state: "green" });
  });

  it("is stale with other code, and with none of Git: the files are named", async () => {
    const stale = { state: "stale", files: ["Git: model/det/config.py"] };
    const other = { ...asked, code: ofGit("2".repeat(64)) };
    expect(await judge({ ...other, published: manifest })).toMatchObject(stale);
    const { code: _, ...none } = asked;
    expect(await judge({ ...none, published: manifest })).toMatchObject(stale);
  });
});

describe("a model is judged by content", () => {
  it("missing: nothing was published, or a manifest that nobody can read", async () => {
    const path = "edge/det/manifest.json";
    const damaged = new Map([...edge, [path, { path, size: 1, token: "m" }]]);
    expect(await judge({ published: null })).toMatchObject({
      state: "missing",
      sentence: "no green verdict: nothing was published for it",
    });
    expect(await judge({ published: null }, { edge: damaged })).toMatchObject({
      state: "missing",
      sentence: expect.stringContaining(`${path} is damaged`),
    });
  });

  it("green: the same files, by token, whatever image or recipe converted it; nothing is downloaded", async () => {
    expect(await judge()).toMatchObject({
      state: "green",
      files: [],
      asked: [],
    });
  });

  it("green: another token and the same bytes", async () => {
    const judged = await judge(
      { files: [CONFIG, moved(null)] },
      { bytes: WEIGHTS.sha256 },
    );
    expect(judged).toMatchObject({ state: "green", asked: [WEIGHTS.path] });
  });

  it.each<[string, Partial<PlannedModel>, { state: string; files?: string[] }]>(
    [
      [
        "other bytes",
        { files: [CONFIG, moved(null)] },
        { state: "stale", files: [WEIGHTS.path] },
      ],
      [
        "a file more",
        {
          files: [
            CONFIG,
            WEIGHTS,
            { ...moved(null), path: "model/det/s/1.jpg", role: "sample" },
          ],
        },
        { state: "stale", files: ["model/det/s/1.jpg"] },
      ],
      [
        "a file less",
        { files: [CONFIG] },
        { state: "stale", files: [WEIGHTS.path] },
      ],
      [
        "another role of a file",
        { files: [{ ...CONFIG, role: "code" }, WEIGHTS] },
        { state: "stale", files: [] },
      ],
      ["another option", { options: { opset: 17 } }, { state: "stale" }],
      [
        "a tensor that may be missing now",
        { allow: { missing: ["w"], unexpected: [] } },
        { state: "stale" },
      ],
      ["another engine", { engine: "torch" }, { state: "stale" }],
      ["no manifest", { published: null }, { state: "missing" }],
      [
        "a folder that no engine takes",
        {
          failure: {
            kind: "input",
            code: "x",
            message: "two checkpoints",
            hint: "",
          },
        },
        { state: "missing" },
      ],
    ],
  )("not green: %s", async (_what, change, expected) => {
    expect(await judge(change, { bytes: "other" })).toMatchObject(expected);
  });

  it("not green: a published file is missing or another one", async () => {
    const other = new Map([
      ["edge/det/x.onnx", { path: "edge/det/x.onnx", size: 1, token: "y" }],
    ]);
    for (const lies of [new Map(), other])
      expect(await judge({}, { edge: lies })).toMatchObject({
        state: "stale",
        files: ["edge/det/x.onnx"],
      });
  });

  it("a warning is green, or red where warnings count so", async () => {
    const warned: Manifest = {
      ...published,
      verdict: {
        ...published.verdict,
        outcome: "warn",
        because: [{ text: "it is slow" }],
      },
    };
    expect(await judge({ published: warned })).toMatchObject({
      state: "green",
    });
    expect(
      await judge({ published: warned }, { failOn: "warn" }),
    ).toMatchObject({
      state: "red",
      sentence:
        "it may not ship: a warning counts as a failure here. It equals its source. It is slow.",
    });
  });
});
