import { attestationPath } from "../model/layout.ts";
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
    const write = new Map(written.flatMap(filesOf));
    const kept = new Set([...keep.map(({ path }) => path), ...write.keys()]);
    const superseded = [
      ...written.flatMap(({ before }) => before),
      ...left.flatMap(({ manifest, path }) => [
        ...pathsOf(manifest),
        path,
        attestationPath(path),
      ]),
    ];
    const remove = [...new Set(superseded)]
      .filter((path) => !kept.has(path) && target.exists(path))
      .sort();

    if (written.length === 0 && remove.length === 0) return null;

    return { write, keep, remove };
  };
}

/** A manifest and what goes beside it. */
export interface Placed {
  manifest: Manifest;
  /** Where it goes. */
  path: string;
  /** Absent where it is not signed. */
  attestation?: {
    bytes: Uint8Array;
    /** The same manifest lies there, and nobody who is believed vouches for it. */
    isMissing: boolean;
  };
}

interface WrittenModel extends Placed {
  bytes: Uint8Array;
  /** Paths of the files that the model had. */
  before: string[];
}

type Target = Parameters<Compose>[0];

/** Nothing where a newer run has published the model meanwhile, or where the target holds the same. */
function writtenModel(
  { manifest, path, attestation }: Placed,
  { pointers, newer }: Target,
): WrittenModel[] {
  const bytes = manifestBytes(manifest);
  const current = pointers.get(path);
  const isSame = current && Buffer.compare(bytes, current) === 0;
  if (newer?.has(path) || (isSame && !attestation?.isMissing)) return [];

  const signed = attestation ? { attestation } : {};
  const former = parse(current);
  // An old attestation is not about the new files.
  const before = former ? [...pathsOf(former), attestationPath(path)] : [];

  return [{ manifest, path, bytes, before, ...signed }];
}

/** The small files of a model, in one step with its others. */
function filesOf({
  path,
  bytes,
  attestation,
}: WrittenModel): [string, Uint8Array][] {
  const beside: [string, Uint8Array][] = attestation
    ? [[attestationPath(path), attestation.bytes]]
    : [];

  return [[path, bytes], ...beside];
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
