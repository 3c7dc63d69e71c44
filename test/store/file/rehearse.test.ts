import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { openStore } from "../../../src/store/open.ts";
import { storeContext } from "../../support/store-context.ts";
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

test("a rehearsal asks for the folders that will be published", async () => {
  const { draft } = await at.newDraft();
  await mkdir(join(at.under.root, "main/device/edge"), { recursive: true });
  await draft.rehearse();

  await expect(
    draft.rehearse(["device/edge/", "device/evidence/"]),
  ).rejects.toMatchObject({ code: "edge-is-a-folder" });
});

test("models that lie in the folder to be switched are not to be moved into a publication", async () => {
  const { ref } = await at.newDraft();
  const { root } = at.under;
  await mkdir(join(root, "main/p/model"), { recursive: true });
  const store = await openStore(storeContext(), pathToFileURL(root).href, {
    webUrl: null,
    paths: ["p/model", "p/edge", "p/evidence"],
  });

  await expect(
    store.draft(ref).rehearse(["p/edge/", "p/evidence/"]),
  ).rejects.toMatchObject({
    code: "edge-is-a-folder",
    hint: expect.stringMatching(/^choose an `edge-path`/),
  });
});
