import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashBytes } from "../../disk/hash-file.ts";
import { errorCode, isMissing, unlessMissing } from "../../node-error.ts";
import { snapshotComesBefore } from "../commit-chain.ts";
import { byteOrder, topOf } from "../paths.ts";
import { snapshotIds } from "../snapshot-ids.ts";
import { breather } from "./breather.ts";
import type { Layout } from "./layout.ts";
import {
  linkText,
  type Publication,
  readCommit,
  visiblePublication,
} from "./publication.ts";
import { statToken } from "./token.ts";

const { format, parse } = snapshotIds("file");

/** Null where the text is not an id of a file store. */
export const parseSnapshotId = parse;

/**
 * The branch's id now, or null where there is no such folder. What lies beside the store's folders does not count.
 * `known`: what readers see of it, under the store's lock.
 */
export async function snapshotIdOf(
  layout: Layout,
  branch: string,
  known?: Publication | null,
): Promise<string | null> {
  const folder = join(layout.root, branch);
  if (!isFolder(folder)) return null;

  const lines: string[] = [];
  for (const path of layout.paths) await collect(folder, path, lines);

  const state = hashBytes(lines.sort(byteOrder).join("\n")).slice(0, 16);

  const publication =
    known === undefined ? await visiblePublication(layout, branch) : known;

  return format({ publication: publication?.id ?? null, state });
}

/** Whether the branch is there. */
export function isBranch(layout: Layout, branch: string): boolean {
  return isFolder(join(layout.root, branch));
}

function isFolder(path: string): boolean {
  return unlessMissing(() => statSync(path))?.isDirectory() ?? false;
}

/** Lines of all below one path of the branch; a link is its text, and one of ours is nothing. */
async function collect(
  folder: string,
  path: string,
  lines: string[],
): Promise<void> {
  if (textOfLink(join(folder, topOf(path))) === linkText(topOf(path))) return;

  const breathe = breather();
  const waiting = [path];

  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    waiting.push(...noted(folder, name, lines));
    await breathe();
  }
}

/** Adds an entry's line; answers what lies in it where it is a folder. */
function noted(folder: string, name: string, lines: string[]): string[] {
  const file = join(folder, name);
  const stats = unlessMissing(() => lstatSync(file, { bigint: true }));
  if (stats === null) return [];

  if (stats.isSymbolicLink()) {
    lines.push(`${name} -> ${textOfLink(file) ?? ""}`);
    return [];
  }

  if (!stats.isDirectory()) {
    lines.push(`${name} ${statToken(stats)}`);
    return [];
  }

  const below = readableNames(file);
  if (below === null) lines.push(`${name}/ unreadable`);

  return (below ?? []).map((each) => `${name}/${each}`);
}

/** Null where it is no link. */
function textOfLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isMissing(error) || errorCode(error) === "EINVAL") return null;
    throw error;
  }
}

/** What lies in a folder, nothing where it is gone; null where it may not be read. */
function readableNames(folder: string): string[] | null {
  try {
    return unlessMissing(() => readdirSync(folder)) ?? [];
  } catch (error) {
    if (errorCode(error) === "EACCES") return null;
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
