// Files of the zoo, which may be absent.
import { readFileSync } from "node:fs";

/** Null where it cannot be read. */
export function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** Null where there is none, or none that is JSON. */
export function readJson(path) {
  const text = readText(path);
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
