import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inShell, linesOfRun } from "../support/printed-lines.ts";
import { toyStore } from "../support/toy-store.ts";
import { signedStore } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

describe("the lines that the note of a run prints", () => {
  it("bring an unsigned model, and verify needs nothing else", async () => {
    const store = toyStore();
    const run = await store.run();
    const lines = linesOfRun(store.cwd);
    for (const line of lines.split("\n")) expect(run.stdout).toContain(line);

    const { code, log, cwd } = await inShell(lines, {});
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toMatch(/not signed: anyone who can write/);
    expect(existsSync(join(cwd, "det/edge/det/end2end.onnx"))).toBe(true);
  });

  it("bring a signed model to where the public key is, and fail without it", async () => {
    const keys = keyPair();
    const { store, env } = signedStore(keys);
    await store.run([], { env });
    const lines = linesOfRun(store.cwd);
    expect(lines).not.toContain("--unsigned");

    const files = { "model-to-edge.pub": keys.publicKey };
    const { code, log } = await inShell(lines, { files });
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toMatch(/det: pass, signed by key/);
    const without = await inShell(lines, {});
    expect([without.code, without.log]).toEqual([
      2,
      expect.stringContaining("there is no public key"),
    ]);
  });

  it("ask nobody where a run with a public key was told to publish unsigned", async () => {
    const keys = keyPair();
    const { store } = signedStore(keys);
    await store.run(["--unsigned"]);
    const files = { "model-to-edge.pub": keys.publicKey };
    const { code, log } = await inShell(linesOfRun(store.cwd), { files });
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(log).toContain("the author was not checked");
  });

  it("bring several models, of another folder, of a run that changed nothing", async () => {
    const store = toyStore({ a: {}, "b c": {} });
    const args = ["--edge-path", "out/edge models"];
    await store.run(args);
    await store.run(args);
    const { code, log, cwd } = await inShell(linesOfRun(store.cwd), {});
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(
      existsSync(join(cwd, "edge-models/out/edge models/b c/end2end.onnx")),
    ).toBe(true);
  });

  it("bring what that run published, though a newer one came", async () => {
    const store = toyStore();
    await store.run();
    const lines = linesOfRun(store.cwd);
    const before = store.read("edge/det/end2end.onnx");
    store.write("model/det/toy.weights", '{"w":[4,3,2,1],"b":[0,0,0,1]}');
    await store.run();
    expect(store.read("edge/det/end2end.onnx")).not.toBe(before);

    const { code, log, cwd } = await inShell(lines, {});
    const { readFileSync } = await import("node:fs");
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, "det/edge/det/end2end.onnx"), "utf8")).toBe(
      before,
    );
  });

  it("bring a model that lies directly in model/", async () => {
    const store = toyStore({});
    store.write("model/model.json", '{"channels":4}');
    store.write("model/toy.weights", '{"w":[1,2,3,4],"b":[0,0,0,1]}');
    await store.run();
    const { code, log, cwd } = await inShell(linesOfRun(store.cwd), {});
    expect({ code, log }).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, "model/edge/end2end.onnx"))).toBe(true);
  });

  it("end with 1 where somebody changed a file on the way, signed or not", async () => {
    const store = toyStore();
    await store.run();
    const [fetchLine = "", verifyLine = ""] = linesOfRun(store.cwd).split("\n");
    const change = "printf x >> det/edge/det/deploy.json";
    const { code, log } = await inShell(
      `${fetchLine}\n${change}\n${verifyLine}`,
      {},
    );
    expect([code, log]).toEqual([
      1,
      expect.stringContaining("not what was verified"),
    ]);
  });
});
