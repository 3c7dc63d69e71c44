import { describe, expect, test } from "vitest";
import { leftOnBranch } from "../../src/land/left-on-branch.ts";
import type { LandOutcome, LandWish, Snapshot } from "../../src/store/store.ts";
import { bytesOf, pathsOf, textAt, useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { ALL_S3, hasS3 } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

/** Long ones. */
const all = test.skipIf(!ALL_S3);
/** More than the smallest part of an upload in parts. */
const LARGE = "x".repeat(9 << 20);

describe.skipIf(!hasS3("moto"))("landing in a bucket", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  async function prove(branch: string, text: string): Promise<string> {
    const { draft } = await at.newDraft(branch);
    const keep = await draft.put(
      await at.folder({ m: text }),
      ["m"],
      "edge/a/",
    );
    const write = bytesOf({ "edge/a/manifest.json": text });
    await draft.publish([], () => ({ keep, remove: [], write }), {
      ...{ message: "prove", metadata: {} },
    });
    await draft.discard();
    return (await at.store.head(branch)) ?? "";
  }

  async function branchWith(name: string, weights: string): Promise<string> {
    await at.store.createBranch(name, "main");
    await at.under.write(name, { "model/a/w.pth": weights });
    return prove(name, weights);
  }

  function wishOf(source: string, commit: string): LandWish {
    return {
      ...{ source, at: commit, target: "main", message: `land ${source}` },
      metadata: { landed: commit },
      models: [
        {
          ...{ folder: "model/a", pointer: "edge/a/manifest.json" },
          take: ["edge/a/m", "edge/a/manifest.json"],
          remove: [],
        },
      ],
    };
  }

  const land = (source: string, commit: string): Promise<LandOutcome> =>
    at.store.land(wishOf(source, commit));

  const main = (): Promise<Snapshot> => at.store.snapshot("main");

  test.each([
    ["changed a file", { "model/a/w.pth": "theirs" }],
    ["added one", { "model/a/new.txt": "theirs" }],
    ["removed one", { "model/a/config.py": null }],
  ])(
    "does not land where someone %s of the model meanwhile",
    async (_, files) => {
      const head = await branchWith("topic", "ours");
      await at.under.write("main", files);
      const before = await at.store.head("main");
      expect(await land("topic", head)).toMatchObject({
        ...{ status: "conflict", paths: Object.keys(files) },
      });
      expect(await at.store.head("main")).toBe(before);
    },
  );

  test("names the files of a landed branch that no landing takes, until the target has them", async () => {
    const others = { "data/labels.txt": "cat", "notes/a.md": "ours" };
    await at.under.write("main", { "notes/a.md": "them" });
    await at.store.createBranch("topic", "main");
    await at.under.write("topic", { ...others, "model/a/w.pth": "1" });
    const head = await prove("topic", "1");
    expect((await land("topic", head)).status).toBe("landed");

    const left = async () =>
      leftOnBranch(
        {
          ...{ store: at.store, target: "main", out: await at.folder({}) },
          settings: { modelPath: "model", edgePath: "edge" },
        },
        "topic",
        head,
      );
    expect(await left()).toEqual(Object.keys(others));
    await at.under.write("main", others);
    expect(await left()).toEqual([]);
  });

  test("lands a branch again and again, and removes what it no longer has", async () => {
    await at.under.write("main", { "model/a/old.txt": "1" });
    const first = await branchWith("topic", "first");
    expect((await land("topic", first)).status).toBe("landed");
    await at.under.write("topic", {
      ...{ "model/a/old.txt": null, "model/a/w.pth": "second" },
    });
    const second = await prove("topic", "second");
    expect((await land("topic", second)).status).toBe("landed");
    expect(await pathsOf(await main(), "model/a/")).toEqual([
      ...["model/a/config.py", "model/a/w.pth"],
    ]);
    expect(await textAt(await main(), "model/a/w.pth")).toBe("second");
    expect(await textAt(await main(), "edge/a/m")).toBe("second");
  });

  test("of a branch that was made by hand, a new model lands, and another one of the same name does not", async () => {
    const files = { "model/a/config.py": "x = 1\n", "model/a/w.pth": "other" };
    await at.under.write("by-hand", files);
    const head = await prove("by-hand", "other");
    expect(await land("by-hand", head)).toMatchObject({
      ...{ status: "conflict", paths: ["model/a/w.pth"] },
    });

    await at.under.write("main", {
      ...{ "model/a/config.py": null, "model/a/w.pth": null },
      "model/b/w.pth": "keeps main",
    });
    expect((await land("by-hand", head)).status).toBe("landed");
    expect(await textAt(await main(), "model/a/w.pth")).toBe("other");
  });

  test("two branches with the same model at once: one lands, and what lies there belongs together", async () => {
    const heads = [
      await branchWith("x", "of x"),
      await branchWith("y", "of y"),
    ];
    const outcomes = await Promise.all([
      land("x", heads[0] ?? ""),
      land("y", heads[1] ?? ""),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      ...["conflict", "landed"],
    ]);
    const winner = outcomes[0]?.status === "landed" ? "of x" : "of y";
    expect(await textAt(await main(), "model/a/w.pth")).toBe(winner);
    expect(await textAt(await main(), "edge/a/m")).toBe(winner);
  });

  all("what was uploaded in parts lands, and lands again", async () => {
    const head = await branchWith("topic", "small");
    await at.under.upload("topic/model/a/large.bin", LARGE);
    await prove("topic", "with parts");
    const now = (await at.store.head("topic")) ?? "";
    expect(now).not.toBe(head);
    expect((await land("topic", now)).status).toBe("landed");
    await at.under.write("topic", { "model/a/w.pth": "second" });
    expect((await land("topic", await prove("topic", "second"))).status).toBe(
      "landed",
    );
    const objects = await pathsOf(await main(), "model/a/");
    expect(objects).toContain("model/a/large.bin");
  });
});
