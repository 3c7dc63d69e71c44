import { readFileSync } from "node:fs";

/** A file of `/proc` or `/sys` as text; empty where the system does not say: then nothing limits it. */
export function readSystemFile(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
