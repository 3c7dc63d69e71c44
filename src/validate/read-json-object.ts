import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { isObject } from "../document/json-object.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";

const LARGEST_JSON = 4 << 20;

/** A JSON object, or why the file cannot be used; both null where there is none. */
export interface JsonObjectFile {
  data: Record<string, unknown> | null;
  problem: string | null;
}

/** Reads a JSON object that may come from anybody: `contract.json`, `manifest.json`. */
export async function readJsonObject(path: string): Promise<JsonObjectFile> {
  const info = await stat(path).catch(nullUnlessPrevented);
  if (!info) return { data: null, problem: null };

  if (!info.isFile() || info.size > LARGEST_JSON)
    return {
      data: null,
      problem: `${basename(path)} is not a small regular file`,
    };

  return parseJsonObject(await readFile(path), basename(path));
}

/** The same of bytes that were read already; `name` is for the problem. */
export function parseJsonObject(
  bytes: Uint8Array | null,
  name: string,
): JsonObjectFile {
  if (bytes === null) return { data: null, problem: null };

  const unusable = (problem: string): JsonObjectFile => ({
    data: null,
    problem: `${name} ${problem}`,
  });
  const data = parsed(Buffer.from(bytes).toString("utf8"));
  if (data === undefined) return unusable("is not JSON");

  return isObject(data)
    ? { data, problem: null }
    : unusable("is not a JSON object");
}

/** Undefined where it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
