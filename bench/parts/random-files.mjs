// Files of bytes that nothing can compress or share.
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const MIB = 1 << 20;

/** Makes the folder with `count` files of `mib` MiB each. */
export function fillFolder(folder, count, mib) {
  mkdirSync(folder, { recursive: true });
  const block = Buffer.alloc(MIB);

  for (let index = 0; index < count; index++) {
    const name = `f${String(index).padStart(4, "0")}.bin`;
    const file = openSync(join(folder, name), "w");
    for (let done = 0; done < mib; done++)
      writeSync(file, randomFillSync(block));
    closeSync(file);
  }
}
