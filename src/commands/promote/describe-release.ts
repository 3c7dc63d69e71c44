import { join } from "node:path";
import { hashBytes } from "../../disk/hash-file.ts";
import { toJson, writeWhole } from "../../document/document.ts";
import { checkAgainst } from "../../document/schema.ts";
import { UsageError } from "../../errors.ts";
import { TOOLCHAIN_FILE, type Toolchain } from "../../model/toolchain.ts";
import type { Collected } from "../../registry/collect.ts";
import { BOM_FILE, CARD_FILE, OTHER_CARD_FILE } from "../../registry/layout.ts";
import type { Release } from "../../registry/release.ts";
import type { LocalFile } from "../../registry/target.ts";
import { releaseBom } from "../../report/release/release-bom.ts";
import { renderReleaseCard } from "../../report/release/release-card.ts";
import type { ReleaseFacts } from "../../report/release/release-facts.ts";
import { readJsonObject } from "../../validate/read-json-object.ts";
import { contractIn } from "../run/report-models.ts";

export interface Describing extends Pick<ReleaseFacts, "license" | "commands"> {
  collected: Collected;
  /** Null: no bill of materials is wanted; else this program's version, which it names. */
  bom: string | null;
  /** Absolute; what is rendered is written here. */
  folder: string;
}

/**
 * The files about a version, rendered from what is released: its card. The team's own `README.md` keeps its name, and
 * the card is `README.model-to-edge.md` then.
 */
export async function describeRelease(
  release: Release,
  { collected, folder, license, commands, bom }: Describing,
): Promise<LocalFile[]> {
  const { manifest, edge, evidence, origin, files } = collected;
  const isTaken = files.some(({ name }) => name === CARD_FILE);
  const card = isTaken ? OTHER_CARD_FILE : CARD_FILE;
  const facts: ReleaseFacts = {
    ...{ release, manifest, origin, license, commands, card },
    contract: await contractIn(edge),
    exceptions: await exceptionsOf(files),
    toolchain: await toolchainIn(evidence),
  };

  const about = [await written(folder, card, renderReleaseCard(facts))];
  if (bom === null) return about;

  refuseTaken(files);
  const text = toJson(releaseBom(facts, bom));
  return [...about, await written(folder, BOM_FILE, text)];
}

function refuseTaken(files: readonly LocalFile[]): void {
  if (!files.some(({ name }) => name === BOM_FILE)) return;

  throw new UsageError(
    `the model's folder has a \`${BOM_FILE}\` of its own, which the version takes`,
    {
      code: "release-name",
      hint: "leave `--bom` out, or leave the file out of `release.files`",
    },
  );
}

/** Null where the model was published without it, or with a form that this version does not read. */
async function toolchainIn(evidence: string): Promise<Toolchain | null> {
  const { data } = await readJsonObject(join(evidence, TOOLCHAIN_FILE));
  const problems = await checkAgainst("toolchain", data);

  return problems.length === 0 ? (data as unknown as Toolchain) : null;
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
