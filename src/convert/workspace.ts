import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { notWritable } from "../document.ts";

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

/** A model's name is a folder's name in the store; here it must be one that no file system stumbles over. */
export function folderName(name: string): string {
  const plain = encodeURIComponent(name).replaceAll("%20", " ");
  return /^\.+$/.test(plain) ? plain.replaceAll(".", "%2E") : plain;
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

/** Empties the model's folders, so that nothing old can look new. */
export async function freshFolders(folders: ModelFolders): Promise<void> {
  try {
    await rm(folders.root, { recursive: true, force: true });
    for (const folder of [folders.files, folders.evidence, folders.previews])
      await mkdir(folder, { recursive: true });
  } catch (error) {
    throw notWritable(folders.root, error);
  }
}
