import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  objectsOf,
  options,
  pathsOf,
  type StoreHarness,
  textAt,
} from "./harness.ts";

const names = [
  "a b.txt",
  "ü😀.bin",
  "hash#1.txt",
  "plus+1.txt",
  "per%cent.txt",
  "%41.txt",
  "q?&='\".txt",
  "deep/er/x",
];

/** What every store owes to readers. */
export function readingConformance(at: StoreHarness): void {
  test("verifies, and knows which branches there are", async () => {
    await at.store.verify();
    expect(await at.store.head("main")).toEqual(expect.any(String));
    expect(await at.store.head("nobody")).toBeNull();
    await expect(at.store.snapshot("nobody")).rejects.toMatchObject({
      exitCode: 2,
      code: "branch-missing",
    });
  });

  test("makes a branch from another, with what it holds", async () => {
    await at.store.createBranch("feature--x", "main");
    expect(
      await pathsOf(await at.store.snapshot("feature--x"), "model/"),
    ).toEqual(["model/a/config.py", "model/a/w.pth"]);
    await expect(at.store.createBranch("y", "nobody")).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  test("lists in byte order, by any prefix, and reads back every name", async () => {
    await at.under.write(
      "main",
      Object.fromEntries(
        names.map((name) => [`model/n/${name}`, `content of ${name}`]),
      ),
    );
    const snapshot = await at.store.snapshot("main");
    const expected = names
      .map((name) => `model/n/${name}`)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await pathsOf(snapshot, "model/n/")).toEqual(expected);
    expect(await pathsOf(snapshot, "model/n/deep")).toEqual([
      "model/n/deep/er/x",
    ]);
    expect(await pathsOf(snapshot, "model/n/nothing")).toEqual([]);
    const target = at.place();
    const files = await snapshot.download(
      await objectsOf(snapshot, "model/n/"),
      target,
    );
    expect(files.map(({ path }) => path)).toEqual(expected);
    for (const name of names) {
      expect(await readFile(join(target, "model/n", name), "utf8")).toBe(
        `content of ${name}`,
      );
      expect(await textAt(snapshot, `model/n/${name}`)).toBe(
        `content of ${name}`,
      );
    }
  });

  test("reads small files, null where there is none, and refuses larger ones than asked for", async () => {
    const snapshot = await at.store.snapshot("main");
    expect(await textAt(snapshot, "model/a/w.pth")).toBe("weights");
    expect(await snapshot.read("model/a/w.pth", 7)).toHaveLength(7);
    expect(await snapshot.read("model/a", 7)).toBeNull();
    expect(await snapshot.read("model/a/none", 7)).toBeNull();
    await expect(snapshot.read("model/a/w.pth", 6)).rejects.toThrow(
      /larger than 6 bytes/,
    );
  });

  test("reads a published web page as any other file", async () => {
    const { draft } = await at.newDraft();
    const page = "<!doctype html><html><title>may ship</title></html>";
    const folder = await at.folder({ "report.html": page });
    const keep = await draft.put(folder, ["report.html"], "evidence/a/");
    await draft.publish(
      [],
      () => ({ keep, remove: [], write: new Map() }),
      options,
    );

    const snapshot = await at.store.snapshot("main");
    expect(await textAt(snapshot, "evidence/a/report.html")).toBe(page);
  });

  test("calls a download off by a signal of its own, and leaves no file", async () => {
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/a/");
    const target = at.place();
    const stop = new AbortController();
    stop.abort(new Error("called off"));
    const { signal } = stop;
    const called = snapshot.download(objects, target, { signal });
    await expect(called).rejects.toThrow("called off");
    const left = await readdir(target, {
      recursive: true,
      withFileTypes: true,
    });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test("downloads under other names, with sha256 and progress, and refuses names outside the folder", async () => {
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/a/");
    const target = at.place();
    let seen = 0;
    const progress = (bytes: number) => {
      seen += bytes;
    };
    const files = await snapshot.download(objects, target, {
      rename: (path) => path.slice("model/a/".length),
      progress,
    });
    expect(await readFile(join(target, "w.pth"), "utf8")).toBe("weights");
    expect(files[1]).toEqual({
      ...objects[1],
      sha256:
        "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c",
    });
    expect(seen).toBe(13);
    const outside = snapshot.download(objects, target, {
      rename: () => "../out",
    });
    await expect(outside).rejects.toMatchObject({
      exitCode: 2,
      code: "unsafe-path",
    });
  });

  test("gives equal tokens to what was not written, and another to what was", async () => {
    const before = await objectsOf(await at.store.snapshot("main"), "model/");
    expect(await objectsOf(await at.store.snapshot("main"), "model/")).toEqual(
      before,
    );
    await at.under.write("main", { "model/a/w.pth": "WEIGHTS" });
    const after = await objectsOf(await at.store.snapshot("main"), "model/");
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.token).not.toBe(before[1]?.token);
  });
}
