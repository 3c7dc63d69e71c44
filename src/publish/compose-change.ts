import { type Manifest, manifestBytes } from "../model/manifest.ts";
import type { Compose, EdgeChange } from "../store/store.ts";

export interface ChangeQuestion {
  /** Manifests to publish, each with the path where it goes. */
  manifests: { manifest: Manifest; path: string }[];
  /** Manifests of models whose folder left `model/`, by path. */
  gone: { manifest: Manifest; path: string }[];
}

/** The pure decision of a publication; a store may ask it again each time its target moved. */
export function composeChange(question: ChangeQuestion): Compose {
  return ({ pointers, exists, newer }) => {
    const change: EdgeChange = { write: new Map(), keep: [], remove: [] };
    const write = change.write as Map<string, Uint8Array>;
    const remove = new Set<string>();

    for (const { manifest, path } of question.manifests) {
      const bytes = manifestBytes(manifest);
      const current = parse(pointers.get(path));
      if (newer?.has(path)) continue;

      if (
        pointers.get(path) &&
        Buffer.compare(bytes, pointers.get(path) ?? bytes) === 0
      )
        continue;

      write.set(path, bytes);
      change.keep.push(...manifest.files);
      for (const file of current?.files ?? []) remove.add(file.path);
    }

    for (const { manifest, path } of question.gone) {
      // Only what we saw: a model that came back and was published meanwhile stays.
      if (
        parse(pointers.get(path))?.fingerprint.verdict !==
        manifest.fingerprint.verdict
      )
        continue;

      for (const file of manifest.files) remove.add(file.path);
      remove.add(path);
    }

    for (const { path } of change.keep) remove.delete(path);
    change.remove = [...remove].filter(exists).sort();

    return write.size === 0 && change.remove.length === 0 ? null : change;
  };
}

function parse(bytes: Uint8Array | null | undefined): Manifest | null {
  if (!bytes) return null;
  try {
    const manifest = JSON.parse(
      Buffer.from(bytes).toString("utf8"),
    ) as Manifest;
    return manifest.kind === "manifest" && Array.isArray(manifest.files)
      ? manifest
      : null;
  } catch {
    return null;
  }
}
