import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { hashBytes } from "../disk/hash-file.ts";
import { notWritable } from "../disk/not-writable.ts";
import { removeOwn } from "../disk/remove-own.ts";
import { wellFormed } from "../text/plain-text.ts";

/** Where one model's documents and files lie below `--out`. */
export interface ModelFolders {
  /** `models/<name>/`. */
  root: string;
  /** Laid out like `edge/<name>/`. */
  files: string;
  /** Laid out like `evidence/<name>/`. */
  evidence: string;
  previews: string;
  log: string;
  conversion: string;
  verdict: string;
  /** What was measured: stays here, is never published. */
  performance: string;
}

/** Bytes of a folder's name. */
const LONGEST = 240;

/** A model's name is a folder's name in the store; here it must be one that no file system stumbles over. */
export function folderName(name: string): string {
  const plain = encodeURIComponent(wellFormed(name)).replaceAll("%20", " ");
  if (/^\.+$/.test(plain)) return plain.replaceAll(".", "%2E");
  if (plain.length <= LONGEST) return plain;

  // Only of a model that the plan refused: its documents need a place.
  const sum = hashBytes(name).slice(0, 16);
  return `${plain.slice(0, LONGEST - 17)}-${sum}`;
}

export function modelFolders(out: string, name: string): ModelFolders {
  const root = join(out, "models", folderName(name));
  return {
    root,
    files: join(root, "files"),
    evidence: join(root, "evidence"),
    previews: join(root, "previews"),
    log: join(root, "engine.log"),
    conversion: join(root, "conversion.json"),
    verdict: join(root, "verdict.json"),
    performance: join(root, "performance.json"),
  };
}

/** What is this program's in a model's folder below `--out`; in a folder that a user named, other files may lie beside it. */
export const OF_MODEL: ReadonlySet<string> = new Set(
  Object.entries(modelFolders("", "")).flatMap(([key, path]) =>
    key === "root" ? [] : [basename(path)],
  ),
);

/** Empties the model's folders, so that nothing old can look new. */
export async function freshFolders(folders: ModelFolders): Promise<void> {
  const { root, files, evidence, previews } = folders;
  await fresh(root, [files, evidence, previews]);
}

/** The same for a model that gets documents only. */
export async function freshRoot({ root }: ModelFolders): Promise<void> {
  await fresh(root, [root]);
}

async function fresh(root: string, made: readonly string[]): Promise<void> {
  try {
    await removeOwn(root, OF_MODEL);
    for (const folder of made) mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw notWritable(root, error);
  }
}
