import { readFileSync } from "node:fs";

/** Bytes that this process has read in all, from the disk or from the kernel's memory of it. */
export function bytesRead(): number {
  const [, bytes] =
    /^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8")) ?? [];
  return Number(bytes);
}
