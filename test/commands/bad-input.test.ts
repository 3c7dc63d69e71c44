import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { GOOD_WEIGHTS, type ToyStore, toyStore } from "../support/toy-store.ts";
import { ROWS } from "./bad-input-rows.ts";

/** A store with the published model `det`, made once: each row begins with a copy. */
const published = mkdtempSync(join(tmpdir(), "model-to-edge-published-"));

beforeAll(async () => {
  const model = join(published, "main/model/det");
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, "model.json"), '{"channels":4}');
  writeFileSync(join(model, "toy.weights"), GOOD_WEIGHTS);
  const args = [
    "run",
    "--store",
    `file://${published}`,
    "--model-branch",
    "main",
    "--isolation",
    "none",
  ];
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-work-"));
  const { code } = await commandLine(args, { cwd });
  rmSync(cwd, { recursive: true });
  expect(code).toBe(0);
});
afterAll(() => rmSync(published, { recursive: true, force: true }));

function publishedStore(): ToyStore {
  const store = toyStore({});
  cpSync(published, join(store.root, "store"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  return store;
}

describe("bad input", () => {
  it.each(ROWS)(
    "$what: exit $code, what and where, what to do next, and edge/ as it was",
    async (row) => {
      const store = publishedStore();
      const before = store.edge();
      expect(Object.keys(before)).toContain("det/end2end.onnx");
      row.wrong?.(store);
      const run = await store.run(row.args, { env: row.env ?? {} });
      const shown = run.stdout + run.stderr;
      expect(shown).toMatch(row.says);
      expect(shown).toMatch(row.hint);
      expect(run.code).toBe(row.code);
      expect(shown).not.toMatch(
        / at .*\.(js|ts|py):\d+|Traceback|this is a bug/,
      );
      expect(store.edge()).toEqual(before);
    },
  );

  it("goes on with a child that keeps its stdout, and with 100 MB of output", async () => {
    const store = toyStore({
      a: { misbehave: "detach" },
      b: { misbehave: "flood" },
    });
    const run = await store.run();
    expect([run.code, run.seconds < 30]).toEqual([0, true]);
    expect(run.stdout.length).toBeLessThan(100_000);
  });

  it("says so where the output folder cannot be written", async () => {
    const store = toyStore();
    writeFileSync(join(store.cwd, "occupied"), "");
    const run = await store.run(["--out", "occupied/below"]);
    expect([run.code, run.stdout]).toEqual([
      2,
      expect.stringMatching(/cannot write .*occupied.*\n.*--out/s),
    ]);
  });

  it("keeps names with spaces, unicode, #, + and %", async () => {
    const store = toyStore({ "mein modell #1 +50% größe": {} });
    store.write(
      "model/mein modell #1 +50% größe/samples/ein bild #2.json",
      "[1,2,3,4]",
    );
    const run = await store.run();
    expect([run.code, Object.keys(store.edge())]).toEqual([
      0,
      expect.arrayContaining(["mein modell #1 +50% größe/end2end.onnx"]),
    ]);
    expect((await store.run()).code).toBe(0);
    expect(store.summary().models[0]?.status).toBe("unchanged");
  });

  it("loses nothing where a first edge/ is a folder that somebody made", async () => {
    const store = toyStore();
    mkdirSync(join(store.branch, "edge"));
    store.write("edge/mine.txt", "mine");
    const run = await store.run();
    expect(run.code).toBe(2);
    expect(store.read("edge/mine.txt")).toBe("mine");
    expect(run.stdout).toMatch(/edge/);
  });

  it("leaves no file behind in the temporary folder of the machine", async () => {
    const store = toyStore();
    const folder = mkdtempSync(join(tmpdir(), "model-to-edge-tmp-"));
    await store.run([], { env: { TMPDIR: folder } });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
