import { createReadStream } from "node:fs";
import type { ObjectSource } from "./object-place.ts";

/** A stream is made for each try: it can be read once. */
export function bodyOf(source: ObjectSource) {
  return "file" in source
    ? { Body: createReadStream(source.file), ContentLength: source.size }
    : { Body: source.bytes, ContentLength: source.bytes.length };
}

/** By the end of the name: what a browser shows as text. */
export function contentType(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return /\.(md|txt|py|yaml|log)$/.test(key)
    ? "text/plain; charset=utf-8"
    : "application/octet-stream";
}
