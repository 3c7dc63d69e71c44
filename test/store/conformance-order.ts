import { expect, test } from "vitest";
import type { Compose } from "../../src/store/store.ts";
import { bytesOf, edgeChange, options, type StoreHarness } from "./harness.ts";

/** What every store owes to a run that ends after one of newer inputs. */
export function orderConformance(at: StoreHarness): void {
  test("tells compose which pointers a later run published for newer inputs", async () => {
    const older = (await at.store.head("main")) ?? "";
    await at.publish({ first: "1" });
    await at.under.write("main", { "model/a/w.pth": "newer" });
    const newer = (await at.store.head("main")) ?? "";
    const write = bytesOf({ "edge/a/manifest.json": "of newer inputs" });
    const ahead = await at.newDraft();
    await ahead.draft.publish([], () => ({ keep: [], remove: [], write }), {
      ...options,
      input: newer,
    });
    for (const [input, expected] of [
      [older, ["edge/a/manifest.json"]],
      [newer, []],
    ] as const) {
      const { draft } = await at.newDraft();
      const pointers = ["edge/a/manifest.json", "edge/b/manifest.json"];
      await draft.publish(
        pointers,
        (target) => {
          expect([...(target.newer ?? [])]).toEqual(expected);
          return null;
        },
        { ...options, input },
      );
      await draft.discard();
    }
  });

  test("an older run leaves what was published for the inputs that lie there now, though both began with the same publication", async () => {
    const older = (await at.store.head("main")) ?? "";
    await at.under.write("main", { "model/a/w.pth": "newer" });
    const newer = (await at.store.head("main")) ?? "";
    const path = "edge/a/manifest.json";
    const ahead = await at.newDraft();
    const write = bytesOf({ [path]: "of newer inputs" });
    await ahead.draft.publish([], () => ({ keep: [], remove: [], write }), {
      ...options,
      input: newer,
    });
    await ahead.draft.discard();
    expect(await newerThan(at, path, older)).toEqual([path]);
    expect(await newerThan(at, path, newer)).toEqual([]);
  });

  test("an older run that published beside a newer result does not make that result older", async () => {
    const before = (await at.store.head("main")) ?? "";
    await at.publish({ first: "1" });
    await at.under.write("main", { "model/a/w.pth": "between" });
    const between = (await at.store.head("main")) ?? "";
    await at.publish({ second: "2" });
    await at.under.write("main", { "model/a/w.pth": "newest" });
    const newest = (await at.store.head("main")) ?? "";
    const [a, b] = ["edge/a/manifest.json", "edge/b/manifest.json"];

    const slow = await at.newDraft();
    const files = { [a]: "old", [b]: "old" };
    await slow.draft.put(await at.folder(files), Object.keys(files), "");
    const ahead = await at.newDraft();
    await ahead.draft.publish([a], () => edgeChange([], { [a]: "newest" }), {
      ...options,
      input: newest,
    });
    await slow.draft.publish(
      [a, b],
      (target) => {
        expect([...(target.newer ?? [])]).toEqual([a]);
        return edgeChange([], { [b]: "old" });
      },
      { ...options, input: before },
    );

    expect(await newerThan(at, a, between)).toEqual([a]);
    expect(await newerThan(at, a, newest)).toEqual([]);
  });
}

/** The pointer, where it was published for newer inputs than these. */
async function newerThan(
  at: StoreHarness,
  pointer: string,
  input: string,
): Promise<string[]> {
  const { draft } = await at.newDraft();
  let found: string[] = [];
  const compose: Compose = (target) => {
    found = [...(target.newer ?? [])];
    return null;
  };
  await draft.publish([pointer], compose, { ...options, input });
  await draft.discard();

  return found;
}
