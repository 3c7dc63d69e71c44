import { join } from "node:path";
import { writeWhole } from "../document.ts";
import { hashBytes } from "../hash-file.ts";
import type { Collected } from "../registry/collect.ts";
import { CARD_FILE, OTHER_CARD_FILE } from "../registry/layout.ts";
import type { Release } from "../registry/release.ts";
import type { LocalFile } from "../registry/target.ts";
import { renderReleaseCard } from "../report/release/release-card.ts";
import type { ReleaseFacts } from "../report/release/release-facts.ts";
import { readJsonObject } from "../validate/read-json-object.ts";
import { contractIn } from "./report-models.ts";

export interface Describing extends Pick<ReleaseFacts, "license" | "commands"> {
  collected: Collected;
  /** Absolute; what is rendered is written here. */
  folder: string;
}

/**
 * The files about a version, rendered from what is released: its card. The team's own `README.md` keeps its name, and
 * the card is `MODEL_CARD.md` then.
 */
export async function describeRelease(
  release: Release,
  { collected, folder, license, commands }: Describing,
): Promise<LocalFile[]> {
  const { manifest, edge, origin, files } = collected;
  const facts: ReleaseFacts = {
    ...{ release, manifest, origin, license, commands },
    contract: await contractIn(edge),
    exceptions: await exceptionsOf(files),
  };
  const isTaken = files.some(({ name }) => name === CARD_FILE);
  const name = isTaken ? OTHER_CARD_FILE : CARD_FILE;

  return [await written(folder, name, renderReleaseCard(facts))];
}

async function written(
  folder: string,
  name: string,
  text: string,
): Promise<LocalFile> {
  const file = join(folder, name);
  const bytes = Buffer.from(text);
  await writeWhole(file, bytes);

  return { name, file, size: bytes.length, sha256: hashBytes(bytes) };
}

/** Rules that Git loosened, as `verdict.json` says them, of whatever version it is; null where it does not. */
async function exceptionsOf(
  files: readonly LocalFile[],
): Promise<string[] | null> {
  const verdict = files.find(({ name }) => name === "verdict.json");
  const { data } = await readJsonObject(verdict?.file ?? "");
  const { loosened } = (data?.policy ?? {}) as { loosened?: unknown };

  return Array.isArray(loosened) ? loosened.map(String) : null;
}
