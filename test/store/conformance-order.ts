import { expect, test } from "vitest";
import type { Compose } from "../../src/store/store.ts";
import { bytesOf, options, type StoreHarness } from "./harness.ts";

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
    const newerThan = async (input: string) => {
      const { draft } = await at.newDraft();
      let found: string[] = [];
      const compose: Compose = (target) => {
        found = [...(target.newer ?? [])];
        return null;
      };
      await draft.publish([path], compose, { ...options, input });
      await draft.discard();
      return found;
    };

    const ahead = await at.newDraft();
    const write = bytesOf({ [path]: "of newer inputs" });
    await ahead.draft.publish([], () => ({ keep: [], remove: [], write }), {
      ...options,
      input: newer,
    });
    await ahead.draft.discard();
    expect(await newerThan(older)).toEqual([path]);
    expect(await newerThan(newer)).toEqual([]);
  });
}
