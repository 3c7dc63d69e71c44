import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  folder: string;
  remove(): void;
}

/** A file system in memory of so many kB; null where this user may mount none. */
export function smallDisk(kilobytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
  const options = `size=${kilobytes}k,mode=1777`;
  const words = ["-t", "tmpfs", "-o", options, "none", folder];
  const { status } = spawnSync("mount", words);
  const remove = () => {
    if (status === 0) spawnSync("umount", [folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  if (status === 0) return { folder, remove };

  remove();
  return null;
}

/** Bytes of the smallest piece that the disk gives. */
const PAGE = 4096;

/** Does something while the disk has so many pages left; null, or what was thrown. */
export async function withRoomFor(
  { folder }: SmallDisk,
  pages: number,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const filler = join(folder, "filler");
  const free = () => Number(statfsSync(folder).bavail) * PAGE;
  writeFileSync(filler, Buffer.alloc(free() - pages * PAGE));
  if (free() !== pages * PAGE) throw new Error(`${free()} bytes are left`);

  try {
    await work();
    return null;
  } catch (error) {
    return error;
  } finally {
    await rm(filler);
  }
}

/** Whether this user may mount a file system; says so where not. */
export function canMount(what: string): boolean {
  const disk = smallDisk(100);
  disk?.remove();
  if (!disk) console.log(`skipped, needs the right to mount: ${what}`);

  return disk !== null;
}
