import { readFileSync, statSync } from "node:fs";
import { mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { orMissing, unlessMissing } from "../../node-error.ts";
import { shellQuote } from "../../text/shell-quote.ts";
import { newerRecord, recordIn } from "../own-record.ts";
import type { Layout } from "./layout.ts";
import { syncFolder } from "./sync-folder.ts";

/** What a landing is about to change on its target; written before the first change. */
export interface LandingRecord {
  /** Of this landing alone. */
  id: string;
  source: string;
  /** The target's publication before. */
  publication: string | null;
  models: SwappedModel[];
}

/** A model's own folder that a landing replaces. */
export interface SwappedModel {
  /** From the branch's root. */
  folder: string;
  /** Inode of the complete new folder, which a rename keeps; null where the model leaves. */
  inode: string | null;
}

/**
 * Opens a landing: from now until `closeLanding` no reader takes the branch as it lies there. Only under the store's
 * lock, so that one that is open under the lock was broken off.
 */
export async function openLanding(
  layout: Layout,
  branch: string,
  record: LandingRecord,
): Promise<void> {
  const place = openFile(layout, branch);
  await mkdir(layout.landings, { recursive: true });

  const file = await open(`${place}.partial`, "w");
  try {
    const data = { kind: "file-landing-record", version: 1, ...record };
    await file.writeFile(JSON.stringify(data));
    await file.sync();
  } finally {
    await file.close();
  }

  await rename(`${place}.partial`, place);
  await syncFolder(layout.landings);
}

/** One rename, which needs no room on the disk. The record stays: its id tells readers that a landing came by. */
export async function closeLanding(
  layout: Layout,
  branch: string,
): Promise<void> {
  await rename(openFile(layout, branch), closedFile(layout, branch));
  await syncFolder(layout.landings);
}

/**
 * The landing that is under way in a branch, or was broken off; null for none. Throws `UsageError` for a record that is
 * damaged, or of a newer version.
 */
export async function landingIn(
  layout: Layout,
  branch: string,
): Promise<LandingRecord | null> {
  const place = openFile(layout, branch);
  const text = textOf(place);
  if (text === null) return null;

  const found = await recordIn<LandingRecord>("file-landing-record", text);
  if (found.state === "whole") return found.data;
  if (found.state === "newer") throw newerRecord(place, found.version);

  throw new UsageError(
    `the record of a landing into branch ${branch} that was interrupted is damaged: ${place}: ${found.problem}`,
    {
      code: "landing-interrupted",
      hint: `compare the models in ${join(layout.root, branch)} with the folders \`landing-…-old\` in ${layout.drafts}, put back what is missing, then run: rm ${shellQuote(place)}`,
    },
  );
}

/** The last landing that ended in a branch; null before the first. */
export function lastLanding(layout: Layout, branch: string): string | null {
  return textOf(closedFile(layout, branch));
}

/** Synchronous, and no error where there is none: every listing and each file that is read asks. */
function textOf(file: string): string | null {
  if (!statSync(file, { throwIfNoEntry: false })) return null;

  return unlessMissing(() => readFileSync(file, "utf8"));
}

/** Where the last landing's record lies. */
export function closedFile(layout: Layout, branch: string): string {
  return join(layout.landings, `${branch}.json`);
}

function openFile(layout: Layout, branch: string): string {
  return join(layout.landings, `${branch}${OPEN}`);
}

const OPEN = ".open.json";

/** Hidden folders that landings need that are under way or were broken off, by their names in `drafts`. */
export async function neededFolders(layout: Layout): Promise<Set<string>> {
  const names = (await orMissing(readdir(layout.landings))) ?? [];
  const needed = new Set<string>();

  for (const name of names.filter((each) => each.endsWith(OPEN))) {
    const record = await landingIn(layout, name.slice(0, -OPEN.length));
    if (record) needed.add(oldName(record));
  }

  return needed;
}

/** Where the folders lie that a landing replaced, until it has ended. */
export function oldFolder(layout: Layout, record: LandingRecord): string {
  return join(layout.drafts, oldName(record));
}

/** Where the new folders go if it is undone. */
export function undoneFolder(layout: Layout, { id }: LandingRecord): string {
  return join(layout.drafts, `landing-${id}-undone`);
}

function oldName({ id }: LandingRecord): string {
  return `landing-${id}-old`;
}
