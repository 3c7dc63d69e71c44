import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/report/summary.ts";
import { runGolden } from "../support/golden-run.ts";
import { breakModel, realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

const python = realMmdeploy() ?? "";
const trained = mkdtempSync(join(tmpdir(), "model-to-edge-trained-"));
const KINDS = { cls: 20, det: 8, seg: 20 } as const;
const modelOf = (summary: Summary, name: string) =>
  summary.models.find((model) => model.name === name);

/** A branch with one folder a broken model, and what the command says; test/python has all rows. */
const BROKEN: [row: string, code: string, message: RegExp][] = [
  ["truncated", "checkpoint-truncated", /truncated/],
  ["text", "checkpoint-not-torch", /is not a checkpoint/],
  ["syntax-error", "config-syntax", /config\.py/],
];
const MISFIT: [row: string, message: RegExp][] = [
  ["bit-flip", /.+/],
  ["other-head", /head\.fc/],
  ["missing-keys", /layer2/],
];

describe.skipIf(!python)("real MMDeploy through the command line", () => {
  beforeAll(() => {
    for (const [kind, steps] of Object.entries(KINDS))
      trainModel(python, kind as "cls", join(trained, kind), steps);
  }, 600_000);
  afterAll(() => rmSync(trained, { recursive: true, force: true }));

  const put = (store: ToyStore, name: string, kind: string) =>
    cpSync(join(trained, kind), join(store.branch, "model", name), {
      recursive: true,
    });

  const putBroken = (store: ToyStore, rows: [row: string, ...unknown[]][]) =>
    breakModel(
      python,
      join(trained, "cls"),
      join(store.branch, "model"),
      rows.map(([row]) => row),
    );

  it("converts a classifier, a detector and a segmentor in isolation, and finds them unchanged; note and page hold no path of the machine", {
    timeout: 300_000,
  }, async () => {
    const store = toyStore({});
    for (const kind of Object.keys(KINDS)) put(store, kind, kind);
    const first = await store.run(["--isolation", "auto"]);
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(/isolation: (bubblewrap|another user)/),
    ]);
    const summary = store.summary();
    expect(
      summary.models.map(({ name, status, verdict }) => [
        name,
        status,
        verdict,
      ]),
    ).toEqual([
      ["cls", "converted", expect.stringMatching(/pass|warn/)],
      ["det", "converted", expect.stringMatching(/pass|warn/)],
      ["seg", "converted", expect.stringMatching(/pass|warn/)],
    ]);
    for (const kind of Object.keys(KINDS))
      expect(Object.keys(store.edge())).toEqual(
        expect.arrayContaining(
          ["end2end.onnx", "deploy.json", "pipeline.json", "contract.json"].map(
            (file) => `${kind}/${file}`,
          ),
        ),
      );
    for (const kind of ["cls", "seg"]) {
      const golden = await runGolden(join(store.branch, "edge", kind));
      expect(golden).toMatchObject({
        metadata: { format: "golden", kind: "real" },
        names: ["in/input", "out/output", "picture"],
      });
      if (kind === "cls")
        expect(golden.differences.output).toBeLessThanOrEqual(1e-5);
    }
    expect(store.read("edge/det/README.txt")).toContain("holds a real input");
    const note = readFileSync(
      join(store.cwd, "model-to-edge-out/report/note.md"),
      "utf8",
    );
    expect(note).toContain("may ship");
    for (const text of [note, store.read("evidence/cls/report.html")])
      expect(text).not.toContain(store.cwd);
    const before = store.edge();
    const second = await store.run(["--isolation", "auto"]);
    expect([second.code, second.seconds < 10, store.edge()]).toEqual([
      0,
      true,
      before,
    ]);
    expect(
      store.summary().models.every(({ status }) => status === "unchanged"),
    ).toBe(true);
  });

  it("says for each broken model what is wrong, and publishes none", {
    timeout: 300_000,
  }, async () => {
    const store = toyStore({});
    putBroken(store, BROKEN);
    const run = await store.run();
    expect(run.code).toBe(2);
    const summary = store.summary();
    for (const [row, code, message] of BROKEN) {
      const model = modelOf(summary, row);
      expect([row, model?.status, model?.reasons[0]?.check]).toEqual([
        row,
        "failed",
        code,
      ]);
      expect(model?.sentence).toMatch(message);
      expect(model?.next).not.toEqual([]);
    }
    expect(store.edge()).toEqual({});
    expect(run.stdout).not.toContain("Traceback");
  });

  it("refuses a checkpoint that does not fit with exit 1 and the names of the tensors", {
    timeout: 300_000,
  }, async () => {
    const store = toyStore({ good: {} });
    putBroken(store, MISFIT);
    const run = await store.run(["--publish", "passed"]);
    const summary = store.summary();
    expect(modelOf(summary, "good")?.verdict).toMatch(/pass|warn/);
    for (const [row, message] of MISFIT) {
      const model = modelOf(summary, row);
      expect([row, model?.status]).toEqual([row, "failed"]);
      expect(model?.sentence).toMatch(message);
    }
    expect([1, 2]).toContain(run.code);
    expect(
      Object.keys(store.edge()).every((path) => path.startsWith("good/")),
    ).toBe(true);
  });
});
