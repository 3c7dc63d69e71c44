import { constants, type Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { join, posix } from "node:path";
import { checkAgainst } from "../document/schema.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { plainText } from "../text/plain-text.ts";
import type { EngineResult } from "./protocol.ts";

const LARGEST_RESULT = 4 * 1024 * 1024;
const DEEPEST = 32;

/**
 * `result.json` and the files that it names, read as the work of a stranger: size, depth, schema, control characters,
 * links and missing files. A problem is a phrase that continues "the engine's result ".
 */
export async function readResult(
  outputFolder: string,
): Promise<{ result: EngineResult } | { problem: string }> {
  const file = join(outputFolder, "result.json");
  const read = await readPlain(file);
  if ("problem" in read) return read;

  const { text } = read;
  if (depthOf(text) > DEEPEST)
    return { problem: `is nested deeper than ${DEEPEST}` };

  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problem: "is not JSON" };
  }

  const problems = await checkAgainst("engine-result", data);
  if (problems.length > 0)
    return {
      problem: `does not follow the protocol: ${plainText(problems[0] ?? "")}`,
    };

  const result = plainStrings(data) as EngineResult;
  const problem =
    result.status === "ok"
      ? await problemOfFiles(outputFolder, result.files)
      : null;

  return problem ? { problem } : { result };
}

/** The bytes of the file that was looked at: neither a link nor a pipe, nor one that grows. */
async function readPlain(
  path: string,
): Promise<{ text: string } | { problem: string }> {
  if ((await lstat(path).catch(nullUnlessPrevented)) === null)
    return { problem: "is missing" };

  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    nullUnlessPrevented,
  );
  if (file === null) return { problem: "is not a regular file" };

  try {
    const found = await file.stat();
    if (!found.isFile()) return { problem: "is not a regular file" };
    if (found.size > LARGEST_RESULT)
      return {
        problem: `has ${found.size} bytes, more than ${LARGEST_RESULT}`,
      };

    const bytes = Buffer.alloc(found.size);
    const { bytesRead } = await file.read(bytes, 0, found.size, 0);
    return { text: bytes.toString("utf8", 0, bytesRead) };
  } finally {
    await file.close();
  }
}

async function problemOfFiles(
  folder: string,
  files: { path: string }[],
): Promise<string | null> {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) return `names ${path} twice`;

    seen.add(path);
    const problem = await problemOfFile(folder, path);
    if (problem) return `names ${path}, which ${problem}`;
  }

  return null;
}

/** Every part of the path is looked at itself: a link could lead out of the folder. */
async function problemOfFile(
  folder: string,
  path: string,
): Promise<string | null> {
  if (
    posix.normalize(path) !== path ||
    path.startsWith("..") ||
    path.startsWith("/")
  )
    return "is not a plain path";

  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count++) {
    const found = await lstat(join(folder, ...parts.slice(0, count))).catch(
      () => null,
    );
    const problem = problemOfPart(found, count === parts.length);
    if (problem) return problem;
  }

  return null;
}

/** The file itself is the last part of its path, folders are the others. */
function problemOfPart(found: Stats | null, last: boolean): string | null {
  if (!found) return "does not exist";
  if (found.isSymbolicLink()) return "is a link";
  if (!last) return found.isDirectory() ? null : "does not exist";
  if (!found.isFile()) return "is not a regular file";
  return found.nlink > 1 ? "is a hard link" : null;
}

/** Of brackets outside strings, without parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;

  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth -= 1;
  }

  return deepest;
}

function plainStrings(data: unknown): unknown {
  if (typeof data === "string") return plainText(data);
  if (Array.isArray(data)) return data.map(plainStrings);
  if (typeof data !== "object" || data === null) return data;

  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      plainText(key),
      plainStrings(value),
    ]),
  );
}
