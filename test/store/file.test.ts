import { execFileSync } from "node:child_process";
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseSnapshotId } from "../../src/store/file/snapshot-id.ts";
import { openStore } from "../../src/store/open.ts";
import { storeContext } from "../support/store-context.ts";
import { storeConformance } from "./conformance.ts";
import { type FolderStore, folderStore } from "./file/folder-store.ts";
import { objectsOf, pathsOf, textAt, useStore } from "./harness.ts";

storeConformance("file", folderStore);

describe("a file store", () => {
  const at = useStore<FolderStore>(folderStore);
  const main = (...path: string[]) => join(at.under.root, "main", ...path);

  test("refuses a folder that is not there, with the command that makes it", async () => {
    const store = await openStore(storeContext(), "file:///no/such/folder", {
      webUrl: null,
    });
    await expect(store.verify()).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining("mkdir -p"),
    });
  });

  test("switches edge and evidence by one link, and keeps three publications", async () => {
    for (const content of ["1", "2", "3", "4", "5"])
      await at.publish({ m: content }, [], { "evidence/a/v": content });
    expect(await readlink(main("edge"))).toBe(".published/edge");
    expect(await readlink(main("evidence"))).toBe(".published/evidence");
    expect(await readFile(main("edge/a/m"), "utf8")).toBe("5");
    expect(
      await readdir(join(at.under.root, ".model-to-edge/publications")),
    ).toHaveLength(3);
    expect(await readdir(join(at.under.root, ".model-to-edge/drafts"))).toEqual(
      [],
    );
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '{"edge/a/m": null}',
    '{"edge/a/m": {"sha256": 1}}',
  ])("heals what it keeps for itself, damaged to %j", async (damage) => {
    await at.publish({ m: "1" });
    const own = join(at.under.root, ".model-to-edge");
    const [id = ""] = await readdir(join(own, "publications"));
    await writeFile(join(own, "publications", id, "index.json"), damage);
    await writeFile(join(own, "commits", `${id}.json`), damage);
    await mkdir(join(own, "drafts/mte-draft-of-nobody"), { recursive: true });
    await writeFile(join(own, "drafts/mte-draft-of-nobody/draft.json"), damage);

    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/a/m",
    ]);
    for await (const { id: draft } of at.store.drafts())
      expect(draft).toBe("mte-draft-of-nobody");
    expect((await at.publish({ m: "2" })).status).toBe("published");
    expect(await readFile(main("edge/a/m"), "utf8")).toBe("2");
  });

  test("moves no bytes: what was kept is the same file on disk", async () => {
    await at.publish({ m: "1" });
    const { ino } = await stat(main("edge/a/m"));
    await at.publish({ other: "2" });
    expect((await stat(main("edge/a/m"))).ino).toBe(ino);
  });

  test("refuses an edge that is a folder of somebody's own; the command of the hint adopts it", async () => {
    await at.under.write("main", { "edge/it's mine.txt": "mine" });
    await expect(at.publish({ m: "1" })).rejects.toMatchObject({
      exitCode: 2,
      code: "edge-is-a-folder",
    });
    const hint = await at
      .publish({ m: "1" })
      .catch((error: { hint: string }) => error.hint);
    execFileSync("sh", ["-c", String(hint).slice(String(hint).indexOf("cd "))]);
    expect(
      await textAt(await at.store.snapshot("main"), "edge/it's mine.txt"),
    ).toBe("mine");
    expect((await at.publish({ m: "1" })).status).toBe("published");
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      "edge/a/m",
      "edge/it's mine.txt",
    ]);
    expect(await readFile(main("edge/it's mine.txt"), "utf8")).toBe("mine");
  });

  test("sees when a published file was tampered with, also in place and with its time set back", async () => {
    await at.publish({ m: "good" });
    const [before] = await objectsOf(await at.store.snapshot("main"), "edge/");
    const { atime, mtime } = await stat(main("edge/a/m"));
    await writeFile(main("edge/a/m"), "evil");
    await utimes(main("edge/a/m"), atime, mtime);
    const [after] = await objectsOf(await at.store.snapshot("main"), "edge/");
    expect(after?.token).not.toBe(before?.token);
    expect((await at.publish({ m: "good" })).status).toBe("published");
    expect(await readFile(main("edge/a/m"), "utf8")).toBe("good");
  });

  test("refuses to download what changed since it was listed", async () => {
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/");
    await appendFile(main("model/a/w.pth"), "!");
    const failing = snapshot.download(objects, at.place());
    await expect(failing).rejects.toMatchObject({
      exitCode: 3,
      code: "changed-under-us",
    });
    await rm(main("model/a/w.pth"));
    await expect(snapshot.download(objects, at.place())).rejects.toMatchObject({
      code: "changed-under-us",
    });
  });

  test("follows links inside model, and names those that leave it, lead nowhere or go round, and reads none of them", async () => {
    await symlink("w.pth", main("model/a/link.pth"));
    const snapshot = await at.store.snapshot("main");
    expect(await textAt(snapshot, "model/a/link.pth")).toBe("weights");
    await rm(main("model/a/link.pth"));
    for (const [target, problem] of [
      ["/etc/passwd", "it is a link that leaves its folder"],
      ["../../../other", "it is a dangling link"],
      ["..", "it is a link to a folder above it"],
    ] as const) {
      await symlink(target, main("model/a/link.pth"));
      const listed = await objectsOf(snapshot, "model/");
      expect(listed).toContainEqual(
        expect.objectContaining({ path: "model/a/link.pth", problem }),
      );
      expect(
        await snapshot.read("model/a/link.pth", 9_999).catch(() => null),
      ).toBeNull();
      await expect(snapshot.download(listed, at.place())).rejects.toThrow();
      await rm(main("model/a/link.pth"));
    }
  });

  test("never puts what lies behind a link into a draft", async () => {
    const folder = await at.folder({ "m.onnx": "1" });
    await symlink("/etc/passwd", join(folder, "stolen"));
    const { draft } = await at.newDraft();
    await expect(draft.put(folder, ["stolen"], "edge/a/")).rejects.toThrow(
      /stolen is not a regular file/,
    );
    await expect(draft.put(folder, ["../x"], "edge/a/")).rejects.toMatchObject({
      code: "unsafe-path",
    });
    await expect(draft.put(folder, ["m.onnx"], "../")).rejects.toMatchObject({
      code: "unsafe-path",
    });
  });

  test("says that the branch went away, and that a draft was swept", async () => {
    const { draft, ref } = await at.newDraft();
    const keep = await draft.put(await at.folder({ m: "1" }), ["m"], "edge/a/");
    await rm(join(at.under.root, ".model-to-edge/drafts", ref.id), {
      recursive: true,
    });
    const publish = () =>
      draft.publish([], () => ({ keep, remove: [], write: new Map() }), {
        message: "",
        metadata: {},
      });
    await expect(publish()).rejects.toMatchObject({
      exitCode: 3,
      code: "draft-lost",
    });
    await rm(main(), { recursive: true });
    expect(await publish()).toMatchObject({ status: "gone" });
  });

  test("says of a publication that is gone which branch shows a newer one", async () => {
    await at.publish({ "m.onnx": "1" });
    const then = (await at.store.head("main")) ?? "";
    await at.publish({ "m.onnx": "2" });
    const { publication } = parseSnapshotId(then) ?? {};
    await rm(
      join(at.under.root, ".model-to-edge/publications", `${publication}`),
      { recursive: true },
    );
    await expect(at.store.named(then)).rejects.toMatchObject({
      exitCode: 2,
      code: "snapshot-gone",
      message: expect.stringContaining("branch main shows a newer one"),
      hint: expect.stringContaining("name the branch instead, main,"),
    });
  });

  test("gives another id to a branch whose model changed", async () => {
    const before = await at.store.head("main");
    await appendFile(main("model/a/w.pth"), "!");
    const after = await at.store.head("main");
    expect(after).not.toBe(before);
    expect(await at.store.isAncestor(before ?? "", after ?? "")).toBeNull();
  });
});
