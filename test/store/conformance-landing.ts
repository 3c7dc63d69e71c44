import { expect, test } from "vitest";
import { LANDED_KEY } from "../../src/land/landing.ts";
import type { BranchFacts, LandWish } from "../../src/store/store.ts";
import {
  bytesOf,
  options,
  pathsOf,
  type StoreHarness,
  textAt,
} from "./harness.ts";

const PLACES = {
  folder: "model/a",
  take: ["edge/a/m", "edge/a/manifest.json"],
  pointer: "edge/a/manifest.json",
};

/** What every store owes to those who land one branch in another. */
export function landingConformance(at: StoreHarness): void {
  /** Publishes an edge model of `a` on a branch, and gives the branch's head. */
  async function prove(
    branch: string,
    text: string,
    metadata: Record<string, string> = {},
  ): Promise<string> {
    const { draft } = await at.newDraft(branch);
    const keep = await draft.put(
      await at.folder({ m: text }),
      ["m"],
      "edge/a/",
    );
    const write = bytesOf({ "edge/a/manifest.json": text });
    const input = (await at.store.head(branch)) ?? "";
    await draft.publish([], () => ({ keep, remove: [], write }), {
      ...{ message: "prove", metadata, input },
    });
    await draft.discard();
    return (await at.store.head(branch)) ?? "";
  }

  const wish = (
    source: string,
    commit: string,
    change: Partial<LandWish> = {},
  ): LandWish => ({
    ...{
      source,
      at: commit,
      target: "main",
      message: `land ${source}`,
      metadata: { landed: commit, by: "test" },
    },
    models: [{ ...PLACES, remove: [] }],
    ...change,
  });

  async function branchWith(name: string, weights: string): Promise<string> {
    await at.store.createBranch(name, "main");
    await at.under.write(name, { "model/a/w.pth": weights });
    return prove(name, weights);
  }

  async function branchFacts(): Promise<BranchFacts[]> {
    const found: BranchFacts[] = [];
    for await (const facts of at.store.branches()) found.push(facts);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  test("lands a snapshot with its model and edge model, and finds it again by its metadata", async () => {
    const head = await branchWith("topic", "new");
    const outcome = await at.store.land(wish("topic", head));
    expect(outcome.status).toBe("landed");
    const main = await at.store.snapshot("main");
    expect(await textAt(main, "model/a/w.pth")).toBe("new");
    expect(await textAt(main, "edge/a/m")).toBe("new");
    expect(await textAt(main, "edge/a/manifest.json")).toBe("new");
    expect(await pathsOf(main, "model/a/")).toEqual([
      "model/a/config.py",
      "model/a/w.pth",
    ]);
    expect(
      await at.store.findCommit("main", { landed: head, by: "test" }),
    ).not.toBeNull();
    expect(
      await at.store.findCommit("main", { landed: head, by: "somebody else" }),
    ).toBeNull();
    const again = await at.store.land(wish("topic", head));
    expect(["landed", "unchanged"]).toContain(again.status);
    expect(await at.store.head("main")).toBe(main.id);
  });

  test("tells compose that what was landed is newer than inputs from before it", async () => {
    const { pointer } = PLACES;
    await at.under.write("main", { "model/a/w.pth": "old" });
    const before = await prove("main", "old");
    const head = await branchWith("topic", "new");
    // The two branches go apart.
    await at.under.write("main", { "model/b/notes.txt": "on main" });
    const apart = (await at.store.head("main")) ?? "";
    expect((await at.store.land(wish("topic", head))).status).toBe("landed");
    const after = (await at.store.head("main")) ?? "";

    for (const [input, expected] of [
      [before, [pointer]],
      [apart, [pointer]],
      [after, []],
    ] as const) {
      const { draft } = await at.newDraft();
      let newer: string[] | null = null;
      await draft.publish(
        [pointer],
        (target) => {
          newer = [...(target.newer ?? [])];
          return null;
        },
        { ...options, input },
      );
      await draft.discard();
      expect(newer, input).toEqual(expected);
    }
  });

  test("lands once when two jobs land the same snapshot at once", async () => {
    const head = await branchWith("topic", "new");
    const outcomes = await Promise.all([
      at.store.land(wish("topic", head)),
      at.store.land(wish("topic", head)),
    ]);
    for (const { status } of outcomes)
      expect(["landed", "unchanged"]).toContain(status);
    expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe(
      "new",
    );
  });

  test("does not land where the target published another edge model of it meanwhile", async () => {
    await prove("main", "old");
    const ours = await branchWith("topic", "ours");
    const theirs = await branchWith("other", "theirs");
    expect((await at.store.land(wish("other", theirs))).status).toBe("landed");
    const before = await at.store.head("main");
    const outcome = await at.store.land(wish("topic", ours));
    expect(outcome).toMatchObject({
      status: "conflict",
      paths: expect.arrayContaining(["edge/a/manifest.json"]),
    });
    expect(await at.store.head("main")).toBe(before);
    expect(await textAt(await at.store.snapshot("main"), "model/a/w.pth")).toBe(
      "theirs",
    );
  });

  test("says so where the target is gone", async () => {
    const head = await branchWith("topic", "new");
    expect(
      (await at.store.land(wish("topic", head, { target: "nowhere" }))).status,
    ).toBe("gone");
  });

  test("lists branches with head and age, without drafts", async () => {
    await at.store.createBranch("topic", "main");
    const { draft } = await at.newDraft();
    await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    const facts = await branchFacts();
    expect(facts.map(({ name }) => name)).toEqual(["main", "topic"]);
    expect(facts[1]?.head).toBe(await at.store.head("topic"));
    expect(Math.abs(Date.now() - Number(facts[0]?.changedAt))).toBeLessThan(
      60_000,
    );
    await draft.discard();
  });

  test("deletes a branch only where it still stands at the snapshot that was named", async () => {
    await at.store.createBranch("topic", "main");
    const head = (await at.store.head("topic")) ?? "";
    await at.under.write("topic", { "model/a/w.pth": "newer" });
    expect(await at.store.deleteBranch("topic", head)).toBe("moved");
    expect(await at.store.head("topic")).not.toBeNull();
    expect(
      await at.store.deleteBranch(
        "topic",
        (await at.store.head("topic")) ?? "",
      ),
    ).toBe("deleted");
    expect(await at.store.head("topic")).toBeNull();
    expect(await at.store.deleteBranch("topic", head)).toBe("gone");
    expect((await branchFacts()).map(({ name }) => name)).toEqual(["main"]);
  });

  test("knows by which commits a published pointer became what it is", async () => {
    const { pointer } = PLACES;
    const known = async (limit: number) => {
      const head = (await at.store.head("main")) ?? "";
      const changes = await at.store.changesOf(head, pointer, limit);
      return changes.map(({ metadata }) => metadata);
    };
    const landed = async (name: string) => {
      const head = await branchWith(name, name);
      const metadata = { landed: head, by: name };
      await at.store.land(wish(name, head, { metadata }));
      return expect.objectContaining({ by: name });
    };
    expect(await known(5)).toEqual([]);

    const first = await landed("one");
    expect((await known(5))[0]).toEqual(first);
    const second = await landed("two");
    expect((await known(5)).slice(0, 2)).toEqual([second, first]);
    expect(await known(1)).toEqual([second]);
  });

  test("tells the newest commits that led to a snapshot, those of landed branches too", async () => {
    const told = async () => {
      const found: Record<string, string>[] = [];
      for await (const { metadata } of at.store.records(
        (await at.store.head("main")) ?? "",
      ))
        found.push(metadata);
      return found.flatMap(({ took }) => took ?? []);
    };
    expect(await told()).toEqual([]);

    for (const name of ["first", "second"]) {
      await at.store.createBranch(name, "main");
      await at.under.write(name, { "model/a/w.pth": name });
      const head = await prove(name, name, { took: name });
      const metadata = { [LANDED_KEY]: head };
      const outcome = await at.store.land(wish(name, head, { metadata }));
      expect(outcome.status).toBe("landed");
      await at.store.deleteBranch(name, head);
    }
    const both = await told();
    expect([...new Set(both)]).toEqual(["second", "first"]);

    const long = "é".repeat(8 << 10);
    await prove("main", "third", { took: long });
    expect((await told())[0]).toBe(long);
    // The same files with other facts of the run are no new commit.
    const before = await at.store.head("main");
    await prove("main", "third", { took: "longer" });
    expect(await at.store.head("main")).toBe(before);
    expect(await told()).not.toContain("longer");
  });

  test("has the snapshot itself at the start of its history", async () => {
    const head = (await at.store.head("main")) ?? "";
    expect((await at.store.history(head, 5))[0]).toBe(head);
  });
}
