import { type Manifest, manifestBytes } from "../model/manifest.ts";
import type { Compose } from "../store/store.ts";

export interface ChangeQuestion {
  /** Manifests to publish, each with the path where it goes. */
  manifests: Placed[];
  /** Manifests of models whose folder left `model/`, by path. */
  gone: Placed[];
}

/** The pure decision of a publication; a store may ask it again each time its target moved. */
export function composeChange(question: ChangeQuestion): Compose {
  return (target) => {
    const written = question.manifests.flatMap((planned) =>
      writtenModel(planned, target),
    );
    const left = question.gone.filter((planned) => isStill(planned, target));

    const keep = written.flatMap(({ manifest }) => manifest.files);
    const kept = new Set(keep.map(({ path }) => path));
    const superseded = [
      ...written.flatMap(({ before }) => before),
      ...left.flatMap(({ manifest, path }) => [...pathsOf(manifest), path]),
    ];
    const remove = [...new Set(superseded)]
      .filter((path) => !kept.has(path) && target.exists(path))
      .sort();

    if (written.length === 0 && remove.length === 0) return null;
    const write = new Map(written.map(({ path, bytes }) => [path, bytes]));

    return { write, keep, remove };
  };
}

interface Placed {
  manifest: Manifest;
  /** Where it goes. */
  path: string;
}

interface WrittenModel extends Placed {
  bytes: Uint8Array;
  /** Paths of the files that the model had. */
  before: string[];
}

type Target = Parameters<Compose>[0];

/** Nothing where a newer run has published the model meanwhile, or where the target holds the same. */
function writtenModel(
  { manifest, path }: Placed,
  { pointers, newer }: Target,
): WrittenModel[] {
  const bytes = manifestBytes(manifest);
  const current = pointers.get(path);
  const isSame = current && Buffer.compare(bytes, current) === 0;
  if (newer?.has(path) || isSame) return [];

  return [{ manifest, path, bytes, before: pathsOf(parse(current)) }];
}

/** Only what we saw: a model that came back and was published meanwhile stays. */
function isStill({ manifest, path }: Placed, { pointers }: Target): boolean {
  const current = parse(pointers.get(path));
  return current?.fingerprint.verdict === manifest.fingerprint.verdict;
}

function pathsOf(manifest: Manifest | null): string[] {
  return (manifest?.files ?? []).map(({ path }) => path);
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
