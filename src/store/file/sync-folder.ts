import { open } from "node:fs/promises";

/** Brings a folder's entries, or a file's bytes, to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
