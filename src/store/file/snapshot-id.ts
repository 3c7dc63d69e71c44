import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { orMissing } from "../../node-error.ts";
import { snapshotComesBefore } from "../commit-chain.ts";
import { byteOrder } from "../paths.ts";
import { isBookkeeping, type Layout } from "./layout.ts";
import { currentPublication, linkText, readCommit } from "./publication.ts";
import { statToken } from "./token.ts";

const INITIAL = "initial";

/** `file-<publication>-<state>`: what `edge/` shows, and the state of everything that people write. */
export interface SnapshotId {
  /** Null before the first publication. */
  publication: string | null;
  state: string;
}

export function formatSnapshotId({ publication, state }: SnapshotId): string {
  return `file-${publication ?? INITIAL}-${state}`;
}

/** Null where the text is not an id of a file store. */
export function parseSnapshotId(id: string): SnapshotId | null {
  const match = /^file-(initial|[0-9a-f]{16})-([0-9a-f]{16})$/.exec(id);
  if (!match) return null;

  const [, publication = "", state = ""] = match;

  return { publication: publication === INITIAL ? null : publication, state };
}

/** The branch's id now, or null where there is no such folder. */
export async function snapshotIdOf(
  layout: Layout,
  branch: string,
): Promise<string | null> {
  const folder = join(layout.root, branch);
  const entries = await orMissing(readdir(folder, { withFileTypes: true }));
  if (entries === null) return null;

  const lines: string[] = [];
  await collect(folder, "", entries, lines);

  const state = createHash("sha256")
    .update(lines.sort(byteOrder).join("\n"))
    .digest("hex")
    .slice(0, 16);

  const publication = await currentPublication(layout, branch);

  return formatSnapshotId({ publication: publication?.id ?? null, state });
}

async function collect(
  folder: string,
  path: string,
  entries: Dirent[],
  lines: string[],
): Promise<void> {
  for (const entry of entries) {
    const file = join(folder, entry.name);
    const name = path + entry.name;

    if (entry.isSymbolicLink()) {
      const text = (await orMissing(readlink(file))) ?? "";
      if (!isBookkeeping(name) && text !== linkText(name))
        lines.push(`${name} -> ${text}`);
    } else if (entry.isDirectory()) {
      await collectFolder(file, name, lines);
    } else {
      const stats = await orMissing(lstat(file, { bigint: true }));
      if (stats) lines.push(`${name} ${statToken(stats)}`);
    }
  }
}

async function collectFolder(
  folder: string,
  name: string,
  lines: string[],
): Promise<void> {
  const below = await readableEntries(folder);
  if (below === null) lines.push(`${name}/ unreadable`);
  else await collect(folder, `${name}/`, below, lines);
}

/** What lies in a folder, nothing where it is gone; null where it may not be read. */
async function readableEntries(folder: string): Promise<Dirent[] | null> {
  try {
    return (await orMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return null;
    throw error;
  }
}

/**
 * Whether one snapshot came before (or is) another, by the chain of publications; null where both saw the same
 * publication but other inputs, for folders keep no history.
 */
export function comesBefore(
  layout: Layout,
  older: string,
  newer: string,
): Promise<boolean | null> {
  const read = (id: string) => readCommit(layout, id);
  return snapshotComesBefore(read, parseSnapshotId, older, newer);
}
