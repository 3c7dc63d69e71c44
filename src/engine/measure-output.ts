import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { OutputLimits } from "../config/output-limits.ts";
import { errorCode } from "../node-error.ts";

/** What lies in a folder: files and folders, and the bytes of files by their length. */
export interface Content {
  files: number;
  bytes: number;
}

/** `running`: the process still writes, so that what cannot be looked at now is no problem yet. */
type When = "running" | "ended";

interface Walk {
  content: Content;
  limits: OutputLimits;
  when: When;
  /** Takes the folders of the next level. */
  below: string[];
}

const GIGABYTE = 1e9;
const OWNER_MAY_ENTER = 0o500;
const NONE: OutputLimits = {
  files: Number.POSITIVE_INFINITY,
  depth: Number.POSITIVE_INFINITY,
  gigabytes: Number.POSITIVE_INFINITY,
};

/** What lies there before a process starts, of the runner's own. */
export async function contentOf(folder: string): Promise<Content> {
  const content = { files: 0, bytes: 0 };
  await walk(folder, { content, limits: NONE, when: "running" });
  return content;
}

/**
 * What in a process' work folder is beyond its limits, or cannot be looked at; null if nothing is. `before` lay there
 * when it started. Follows no link, and looks at no more than the limit of files. The problem is a phrase that continues
 * "the engine's process left ".
 */
export function outputProblem(
  folder: string,
  limits: OutputLimits,
  before: Content,
  when: When,
): Promise<string | null> {
  const content = { files: -before.files, bytes: -before.bytes };
  return walk(folder, { content, limits, when });
}

/** Level by level: the first problem, null where there is none. */
async function walk(
  folder: string,
  around: Omit<Walk, "below">,
): Promise<string | null> {
  const { depth: deepest } = around.limits;
  let level = [folder];

  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return `folders deeper than ${deepest} (limits.depth)`;

    const below: string[] = [];
    for (const path of level) {
      const problem = await lookInto(path, { ...around, below });
      if (problem !== null) return problem;
    }

    level = below;
  }

  return null;
}

async function lookInto(folder: string, walk: Walk): Promise<string | null> {
  try {
    for await (const entry of await opendir(folder)) {
      const problem = await lookAt(join(folder, entry.name), walk);
      if (problem !== null) return problem;
    }
  } catch (error) {
    return unseen(error, walk, "a folder that cannot be read");
  }

  return null;
}

async function lookAt(path: string, walk: Walk): Promise<string | null> {
  const { content, limits, when, below } = walk;
  content.files += 1;
  if (content.files > limits.files)
    return `more than ${limits.files} files and folders (limits.files)`;

  try {
    const found = await lstat(path);
    if (found.isFile()) content.bytes += found.size;
    if (content.bytes > limits.gigabytes * GIGABYTE)
      return `files of more than ${limits.gigabytes} GB (limits.gigabytes)`;

    if (!found.isDirectory()) return null;
    if (when === "ended" && (found.mode & OWNER_MAY_ENTER) !== OWNER_MAY_ENTER)
      return "a folder that its owner cannot enter";

    below.push(path);
    return null;
  } catch (error) {
    return unseen(error, walk, "a name that is not UTF-8");
  }
}

/** Of a process that still writes, a file may just be gone; afterwards nothing changes any more. */
function unseen(
  error: unknown,
  { when }: Pick<Walk, "when">,
  what: string,
): string | null {
  return when === "running" ? null : `${what} (${errorCode(error)})`;
}
