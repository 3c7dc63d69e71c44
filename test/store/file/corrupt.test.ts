import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  edgeChange,
  objectsOf,
  options,
  stagedFile,
  useStore,
} from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const at = useStore<FolderStore>(folderStore);

async function draftFile(): Promise<string> {
  const drafts = join(at.under.root, ".model-to-edge/drafts");
  const [draft = ""] = await readdir(drafts);
  return join(drafts, draft, "files/edge/a/m");
}

test("what lies in the draft must be what was hashed, of the same length too", async () => {
  const { draft, keep } = await stagedFile(at, "good");
  await writeFile(await draftFile(), "evil");
  await expect(
    draft.publish([], () => edgeChange(keep), options),
  ).rejects.toMatchObject({
    exitCode: 3,
    code: "corrupt-upload",
    message: expect.stringContaining("edge/a/m"),
  });
  expect(await objectsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
});

test("a published file that somebody changed in place is listed as another one", async () => {
  const { draft, keep } = await stagedFile(at, "good");
  await draft.publish([], () => edgeChange(keep), options);
  await appendFile(join(at.under.root, "main/edge/a/m"), "!");
  const [listed] = await objectsOf(await at.store.snapshot("main"), "edge/a/m");
  expect(listed?.token).not.toBe(keep[0]?.token);
});
