import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  allDrafts,
  bytesOf,
  objectsOf,
  options,
  pathsOf,
  type StoreHarness,
  textAt,
} from "./harness.ts";

/** What every store owes to the job after a lost one. */
export function keepingConformance(at: StoreHarness): void {
  test("keeps what was put where a later job finds it, whole and unseen by readers, until the draft is discarded", async () => {
    const { draft, ref } = await at.newDraft();
    const kept = async () => {
      for (const each of await allDrafts(at.store))
        if (each.id === ref.id) return at.store.kept(each);
      return null;
    };
    const change = async (name: string) => ({
      keep: await draft.put(
        await at.folder({ m: name, "p q/ü": `more ${name}` }),
        ["m", "p q/ü"],
        `edge/${name}/`,
      ),
      write: bytesOf({ [`edge/${name}/manifest.json`]: `of ${name}` }),
      remove: [],
    });

    await draft.keep(await change("a"), options);
    const first = await kept();
    await draft.keep(await change("b"), options);
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);

    const both = await kept();
    const names = (name: string) => [
      ...[`edge/${name}/m`, `edge/${name}/manifest.json`],
      `edge/${name}/p q/ü`,
    ];
    if (!first || !both) throw new Error("nothing is kept");
    expect(await pathsOf(both, "edge/a/")).toEqual(names("a"));
    expect(await pathsOf(both, "edge/")).toEqual([
      ...names("a"),
      ...names("b"),
    ]);
    expect(await textAt(first, "edge/a/manifest.json")).toBe("of a");
    expect(await textAt(both, "edge/b/manifest.json")).toBe("of b");
    expect(await textAt(both, "edge/b/never-there")).toBeNull();

    const objects = await objectsOf(both, "edge/b/");
    const place = at.place();
    const files = await both.download(objects, place);
    const put = await draft.put(await at.folder({ m: "b" }), ["m"], "edge/b/");
    expect(files[0]).toEqual(put[0]);
    expect(objects[0]?.token).toBe(put[0]?.token);
    expect(await readFile(join(place, "edge/b/p q/ü"), "utf8")).toBe("more b");

    await draft.discard();
    expect(await kept()).toBeNull();
  });

  test("publishes what was kept before, by the same draft", async () => {
    const { draft } = await at.newDraft();
    const keep = await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    const write = bytesOf({ "edge/a/manifest.json": "kept" });
    await draft.keep({ keep, write, remove: [] }, options);
    const published = bytesOf({ "edge/a/manifest.json": "published" });
    const outcome = await draft.publish(
      ["edge/a/manifest.json"],
      () => ({ keep, write: published, remove: [] }),
      options,
    );
    expect(outcome.status).toBe("published");
    await draft.discard();
    const main = await at.store.snapshot("main");
    expect(await textAt(main, "edge/a/m")).toBe("1");
    expect(await textAt(main, "edge/a/manifest.json")).toBe("published");
  });
}
