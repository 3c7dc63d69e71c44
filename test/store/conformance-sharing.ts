import { expect, onTestFinished, test } from "vitest";
import type { Draft, DraftRef, Store } from "../../src/store/store.ts";
import {
  allDrafts,
  bytesOf,
  edgeChange,
  options,
  pathsOf,
  type StoreHarness,
  textAt,
} from "./harness.ts";

/** What every store owes to jobs that fill one draft, each in a process of its own. */
export function sharingConformance(at: StoreHarness): void {
  const POINTERS = ["edge/a/manifest.json", "edge/b/manifest.json"];

  /** The draft, as each of so many processes has it. */
  async function jobs(count: number) {
    const { ref } = await at.newDraft();
    const stores: Store[] = [];
    onTestFinished(async () => {
      for (const store of stores) await store.close();
    });
    for (let index = 0; index < count; index++)
      stores.push(await at.under.opened());

    return {
      ref,
      drafts: stores.map((store) => store.draft(ref, { isShared: true })),
    };
  }

  async function put(draft: Draft | undefined, name: string, text: string) {
    if (!draft) throw new Error("there is no such job");
    const folder = await at.folder({ m: text, n: `more ${text}` });
    const keep = await draft.put(folder, ["m", "n"], `edge/${name}/`);
    const write = { [`edge/${name}/manifest.json`]: `${name} is ${text}` };
    const kept = () => draft.keep(edgeChange(keep, write), options);

    return { keep, write, kept };
  }

  /** What a later job finds of it, whatever its parts are. */
  async function found({ id }: DraftRef) {
    const draft = (await allDrafts(at.store)).find((each) => each.id === id);
    return draft ? at.store.kept(draft) : null;
  }

  test("keeps in one draft what each of several jobs kept, at once, and publishes it whole: nothing is left", async () => {
    const { ref, drafts } = await jobs(4);
    const [a, b] = await Promise.all([
      put(drafts[0], "a", "1"),
      put(drafts[1], "b", "1"),
      // A job that is lost before it keeps anything.
      put(drafts[2], "c", "1"),
    ]);
    await Promise.all([a.kept(), b.kept()]);

    const names = (name: string) =>
      ["m", "manifest.json", "n"].map((file) => `edge/${name}/${file}`);
    const both = await found(ref);
    if (!both) throw new Error("nothing is kept");
    expect(await pathsOf(both, "edge/")).toEqual([
      ...names("a"),
      ...names("b"),
    ]);
    expect(await textAt(both, "edge/b/manifest.json")).toBe("b is 1");
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);

    const outcome = await drafts[3]?.publish(
      POINTERS,
      () => edgeChange([...a.keep, ...b.keep], { ...a.write, ...b.write }),
      { ...options, readBack: true },
    );
    expect(outcome?.status).toBe("published");
    await drafts[3]?.discard();
    const main = await at.store.snapshot("main");
    expect(await pathsOf(main, "edge/")).toEqual([
      ...names("a"),
      ...names("b"),
    ]);
    expect(await textAt(main, "edge/a/n")).toBe("more 1");
    expect(await allDrafts(at.store)).toEqual([]);
  });

  test("counts the later one of two runs of a job that kept the same model, and publishes no mixture", async () => {
    const { ref, drafts } = await jobs(3);
    const first = await put(drafts[0], "a", "first");
    const second = await put(drafts[1], "a", "second");
    await first.kept();
    await second.kept();
    const now = await found(ref);
    expect(now && (await textAt(now, "edge/a/manifest.json"))).toBe(
      "a is second",
    );

    const publish = ({ keep, write }: typeof first) =>
      drafts[2]?.publish(POINTERS, () => edgeChange(keep, write), {
        ...options,
        readBack: true,
      });
    // Under the files of the second the documents of the first may fit, where the store has both.
    const outcome = await publish(first)?.catch(({ code }) => ({ code }));
    const main = await at.store.snapshot("main");
    const text = await textAt(main, "edge/a/m");
    expect([outcome, text]).toEqual(
      text === null
        ? [{ code: expect.any(String) }, null]
        : [{ status: "published", commit: main.id }, "first"],
    );

    expect((await publish(second))?.status).toBe("published");
    const after = await at.store.snapshot("main");
    expect(await textAt(after, "edge/a/m")).toBe("second");
    expect(await textAt(after, "edge/a/n")).toBe("more second");
  });

  test.each([
    ["size", { size: 99 }],
    ["token", { token: "other" }],
  ])(
    "publishes nothing where a document of another job lists a file with another %s",
    async (_what, other) => {
      const { drafts } = await jobs(2);
      const { keep, write, kept } = await put(drafts[0], "a", "1");
      await kept();
      const listed = keep.map((file) => ({ ...file, ...other }));
      await expect(
        drafts[1]?.publish(POINTERS, () => edgeChange(listed, write), {
          ...options,
          readBack: true,
        }),
      ).rejects.toMatchObject({ exitCode: 3 });
      expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual(
        [],
      );
    },
  );

  test("takes over into the draft what an earlier try kept there, the same bytes again", async () => {
    const { ref, drafts } = await jobs(2);
    await (await put(drafts[0], "a", "1")).kept();
    const again = await put(drafts[1], "a", "1");
    await again.kept();
    const now = await found(ref);
    expect(now && (await pathsOf(now, "edge/"))).toHaveLength(3);

    const outcome = await drafts[1]?.publish(
      POINTERS,
      () => edgeChange(again.keep, again.write),
      { ...options, readBack: true },
    );
    expect(outcome?.status).toBe("published");
  });

  test("publishes a removal from a draft that no job filled", async () => {
    await at.publish({ m: "1" }, [], { "edge/a/manifest.json": "old" });
    const { drafts } = await jobs(1);
    const outcome = await drafts[0]?.publish(
      POINTERS,
      ({ pointers }) =>
        pointers.get("edge/a/manifest.json")
          ? {
              keep: [],
              write: bytesOf({}),
              remove: ["edge/a/m", POINTERS[0] ?? ""],
            }
          : null,
      { ...options, readBack: true },
    );
    expect(outcome?.status).toBe("published");
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
    expect(await allDrafts(at.store)).toEqual([]);
  });
}
