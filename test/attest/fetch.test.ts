import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Publication } from "../../src/publish/publication.ts";
import { commandLine } from "../support/command-line.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";
import { signedStore, verify } from "./signed-store.ts";
import { keyPair } from "./signing.ts";

function fetchInto(store: ToyStore, place: string, folder = "got") {
  return commandLine(["fetch", place, folder], { cwd: store.cwd });
}

/** What the last run published. */
function commitOf({ cwd }: Pick<ToyStore, "cwd">): string {
  const file = join(cwd, "model-to-edge-out/publication.json");
  return (JSON.parse(readFileSync(file, "utf8")) as Publication).commit ?? "";
}

describe("fetch", () => {
  it("brings a model and its evidence, and verify needs nothing else", async () => {
    const { store, env } = signedStore(keyPair());
    await store.run([], { env });
    const run = await fetchInto(store, `${store.url}/main/det`);

    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/det: fetched from file:.* signed by key/);
    const files = readdirSync(join(store.cwd, "got"), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining([
        "edge/det/manifest.json",
        "edge/det/attestation.json",
        "edge/det/end2end.onnx",
        "evidence/det/references.safetensors",
      ]),
    );
    const read = (path: string) => readFileSync(join(store.cwd, "got", path));
    expect(read("edge/det/manifest.json").toString()).toBe(
      store.read("edge/det/manifest.json"),
    );
    expect((await verify(store, "got")).code).toBe(0);
  });

  it("brings all models of a branch, and says that nobody was asked", async () => {
    const store = toyStore({ a: {}, b: {} });
    await store.run();
    const run = await fetchInto(store, `${store.url}/main/`);

    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/a, b: fetched .* the author was not checked/);
    expect(readdirSync(join(store.cwd, "got/edge")).sort()).toEqual(["a", "b"]);
  });

  it("says which model it leaves out for want of a manifest", async () => {
    const store = toyStore({ a: {}, b: {} });
    await store.run();
    store.write("edge/b/manifest.json", "{");
    const all = await fetchInto(store, `${store.url}/main/`);
    const one = await fetchInto(store, `${store.url}/main/b`, "one");

    expect(all.stdout).toMatch(
      /warning: b was not fetched: it has files in edge\/, but its manifest/,
    );
    expect([all.code, readdirSync(join(store.cwd, "got/edge"))]).toEqual([
      0,
      ["a"],
    ]);
    expect([one.code, one.stdout]).toEqual([
      2,
      expect.stringContaining(
        "the manifest of model b in edge/ of branch main is missing or cannot be read",
      ),
    ]);
  });

  it("names the branch where a branch was written as a model", async () => {
    const store = toyStore();
    await store.run();
    const missing = await fetchInto(store, `${store.url}/main/none`);
    expect(missing.stdout).toContain(
      "no model none is published in branch main",
    );

    const run = await fetchInto(store, `${store.url}/main`);
    expect([run.code, run.stdout]).toEqual([
      2,
      expect.stringMatching(
        /no model is published in edge\/ of branch store\n.*if main is a branch, write a `\/` after it/,
      ),
    ]);
  });

  it("names a commit as one, also where a model is gone from it, and what to do", async () => {
    const store = toyStore({ a: {}, b: {} });
    await store.run();
    const commit = commitOf(store);
    const there = await fetchInto(store, `${store.url}/${commit}/a`);
    const all = `a: fetched from ${store.url}, commit ${commit}, into got`;
    expect([there.code, there.stdout]).toEqual([
      0,
      expect.stringContaining(all),
    ]);

    rmSync(join(store.branch, "model/b"), { recursive: true });
    await store.run();
    const now = commitOf(store);
    const gone = await fetchInto(store, `${store.url}/${now}/b`, "b");
    expect([gone.code, gone.stdout]).toEqual([
      2,
      expect.stringMatching(
        new RegExp(
          `no model b is published in commit ${now}\n.*use one of a; name the commit that the log .* or the branch`,
        ),
      ),
    ]);

    store.write("edge/a/manifest.json", "{");
    const damaged = await fetchInto(store, `${store.url}/${now}/a`, "a");
    expect(damaged.stdout).toMatch(
      /manifest of model a in edge\/ of commit file-.*\n.*name the commit/,
    );
  });

  it("keeps nothing of a model whose file was changed", async () => {
    const store = toyStore();
    await store.run();
    store.write("edge/det/end2end.onnx", "other bytes");
    const run = await fetchInto(store, `${store.url}/main/det`);

    expect(run.code).toBe(1);
    expect(run.stdout).toContain("end2end.onnx");
    expect(readdirSync(store.cwd)).not.toContain("got");
    expect(readdirSync(store.cwd).filter((name) => /got/.test(name))).toEqual(
      [],
    );
  });

  it.each([
    ["a model that is not there", "/main/dett", 'did you mean "det"?'],
    ["a branch that is not there", "/feature/det", "feature"],
    ["no model and no branch", "", "STORE/BRANCH/MODEL"],
  ])("refuses %s, and says what to write", async (_, place, words) => {
    const store = toyStore();
    await store.run();
    const run = await fetchInto(
      store,
      place === "" ? "det" : store.url + place,
    );

    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain(words);
    expect(existsSync(join(store.cwd, "got"))).toBe(false);
  });

  it("does not fill a folder that is not empty", async () => {
    const store = toyStore();
    await store.run();
    await fetchInto(store, `${store.url}/main/det`);
    const again = await fetchInto(store, `${store.url}/main/det`);

    expect(again.code).toBe(2);
    expect(again.stdout + again.stderr).toContain("got already exists");
  });

  it("makes the folders on the way, and none where nothing is kept", async () => {
    const store = toyStore();
    await store.run();
    const place = `${store.url}/main/det`;
    expect((await fetchInto(store, place, "a/b/c")).code).toBe(0);
    expect(readdirSync(join(store.cwd, "a/b"))).toEqual(["c"]);

    writeFileSync(join(store.cwd, "file"), "mine");
    const rows: [string, string][] = [
      ["file", "file already exists and is a file"],
      ["file/x", "cannot write .*file/x .*\\n.*choose another folder"],
    ];
    for (const [folder, words] of rows) {
      const run = await fetchInto(store, place, folder);
      expect([run.code, run.stdout]).toEqual([
        2,
        expect.stringMatching(new RegExp(words)),
      ]);
    }
    expect(readFileSync(join(store.cwd, "file"), "utf8")).toBe("mine");

    store.write("edge/det/end2end.onnx", "other bytes");
    expect((await fetchInto(store, place, "d/e")).code).toBe(1);
    expect(readdirSync(store.cwd)).not.toContain("d");
  });
});
