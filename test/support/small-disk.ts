import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
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
