import { hashBytes } from "../disk/hash-file.ts";

/** sha256, 64 hex, of data as JSON with sorted keys and no blanks: the same for equal data whatever the order of keys. */
export function hashOf(data: unknown): string {
  return hashBytes(canonicalJson(data));
}

function canonicalJson(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(canonicalJson).join(",")}]`;

  if (data !== null && typeof data === "object") {
    const entries = Object.entries(data).filter(
      ([, value]) => value !== undefined,
    );

    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(",")}}`;
  }

  return JSON.stringify(data);
}
