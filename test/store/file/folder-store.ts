import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { openStore } from "../../../src/store/open.ts";
import { storeContext } from "../../support/store-context.ts";
import type { StoreUnderTest } from "../harness.ts";

export interface FolderStore extends StoreUnderTest {
  root: string;
}

/** A file store in a folder with an awkward name. */
export async function folderStore(): Promise<FolderStore> {
  const root = await mkdtemp(join(tmpdir(), "file store #1 ü-"));
  const opened = () =>
    openStore(storeContext(), pathToFileURL(root).href, { webUrl: null });

  return {
    root,
    store: await opened(),
    opened,
    async write(branch, files) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(root, branch, path);
        await mkdir(dirname(file), { recursive: true });
        if (content === null) await rm(file);
        else await writeFile(file, content);
      }
    },
    close: () => rm(root, { recursive: true }),
  };
}
