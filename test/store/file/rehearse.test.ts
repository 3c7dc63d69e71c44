import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useStore } from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const at = useStore<FolderStore>(folderStore);

test("a rehearsal says that edge is a folder of one's own, and leaves nothing", async () => {
  const { draft } = await at.newDraft();
  await draft.rehearse();
  await mkdir(join(at.under.root, "main/edge"), { recursive: true });
  await expect(draft.rehearse()).rejects.toMatchObject({
    exitCode: 2,
    code: "edge-is-a-folder",
  });
  const drafts = join(at.under.root, ".model-to-edge/drafts");
  expect(await readdir(drafts)).toEqual([]);
});
