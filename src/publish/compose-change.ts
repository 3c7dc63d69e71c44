import {
  attestationPath,
  isIn,
  type ModelPlaces,
  modelSignaturePath,
} from "../model/layout.ts";
import { type Manifest, manifestBytes } from "../model/manifest.ts";
import type { Compose, Target } from "../store/store.ts";
import { isOfPresentInputs } from "./present-inputs.ts";

export interface ChangeQuestion {
  /** Manifests to publish, each with the path where it goes. */
  manifests: Placed[];
  /** Manifests of models whose folder left `model/`, by path. */
  gone: Placed[];
  /** Hears each time which models a run of newer inputs has published meanwhile: those stay. */
  overtaken?(names: string[]): void;
  /** Hears each time of which models other inputs lie there now than those that are published. */
  outdated?(names: string[]): void;
}

/** The pure decision of a publication; a store may ask it again each time its target moved. */
export function composeChange(question: ChangeQuestion): Compose {
  return (target) => {
    const overtaken = new Set(
      question.manifests.filter((planned) => isOvertaken(planned, target)),
    );
    question.overtaken?.([...overtaken].map(({ manifest }) => manifest.name));
    question.outdated?.(
      question.manifests
        .filter((planned) => !overtaken.has(planned))
        .filter(({ manifest }) => isOutdated(manifest, target))
        .map(({ manifest }) => manifest.name),
    );

    const written = question.manifests
      .filter((planned) => !overtaken.has(planned))
      .flatMap((planned) => writtenModel(planned, target));
    const left = question.gone.filter((planned) => isStill(planned, target));

    const keep = written.flatMap(({ manifest }) => manifest.files);
    const write = new Map(written.flatMap(filesOf));
    const kept = new Set([...keep.map(({ path }) => path), ...write.keys()]);
    const superseded = [
      ...written.flatMap(({ before }) => before),
      ...left.flatMap(({ manifest, places }) => ownPaths(manifest, places)),
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
  places: ModelPlaces;
  /** Files in its folder that nobody proved, to be removed; none where absent. */
  stray?: readonly string[];
  /** Somebody changed or removed files that the same manifest lists. */
  isAltered?: boolean;
  /** Absent where it is not signed. */
  attestation?: {
    bytes: Uint8Array;
    /** OpenSSF's signature of the published folder; null with a key that cannot make one. */
    folder: Uint8Array | null;
    /** The same manifest lies there, and nobody who is trusted vouches for it. */
    isMissing: boolean;
  };
}

interface WrittenModel extends Placed {
  bytes: Uint8Array;
  /** Paths of the files that the model had. */
  before: string[];
}

/** Nothing where the target holds the same, file by file. */
function writtenModel(
  { manifest, places, attestation, stray = [], isAltered }: Placed,
  { pointers, exists, holds }: Target,
): WrittenModel[] {
  const path = places.manifest;
  const bytes = manifestBytes(manifest);
  const current = pointers.get(path);
  const isSame = current && Buffer.compare(bytes, current) === 0;
  const isWhole =
    !isAltered && !stray.some(exists) && manifest.files.every(holds);
  const isDone = isSame && isWhole && !attestation?.isMissing;
  if (isDone) return [];

  const signed = attestation ? { attestation } : {};
  const former = parse(current);
  // An old attestation is not about the new files.
  const old = former ? ownPaths(former, places) : [];
  const before = [...old, ...stray];

  return [{ manifest, places, bytes, before, ...signed }];
}

/** The small files of a model, by their paths: its manifest and, where it is signed, what vouches for it. */
export function pointerFiles(placed: Placed): Map<string, Uint8Array> {
  return new Map(filesOf({ ...placed, bytes: manifestBytes(placed.manifest) }));
}

/** The small files of a model, in one step with its others. */
function filesOf({
  places: { manifest: path },
  bytes,
  attestation,
}: Pick<WrittenModel, "places" | "bytes" | "attestation">): [
  string,
  Uint8Array,
][] {
  const beside: [string, Uint8Array][] = attestation
    ? [[attestationPath(path), attestation.bytes]]
    : [];
  if (attestation?.folder)
    beside.push([modelSignaturePath(path), attestation.folder]);

  return [[path, bytes], ...beside];
}

/** Only what we saw: a model that came back, whether it was published anew or not, stays. */
function isStill(
  { manifest, places }: Placed,
  { pointers, inputs }: Target,
): boolean {
  const current = parse(pointers.get(places.manifest));
  const isSame = current?.fingerprint.verdict === manifest.fingerprint.verdict;
  return isSame && !isOfPresentInputs(current, inputs);
}

/**
 * A newer run has published the model meanwhile; or what is published is of the inputs that lie there now, and ours is
 * not: they were changed and changed back, and the newest run had nothing to do.
 */
function isOvertaken(
  { manifest, places }: Placed,
  { pointers, newer, inputs }: Target,
): boolean {
  if (newer?.has(places.manifest)) return true;
  if (!inputs || isOfPresentInputs(manifest, inputs)) return false;

  return isOfPresentInputs(parse(pointers.get(places.manifest)), inputs);
}

/** Somebody put other files into the model's folder since the run began, or the branch was made again. */
function isOutdated(manifest: Manifest, { inputs }: Target): boolean {
  return inputs !== undefined && !isOfPresentInputs(manifest, inputs);
}

/** What a manifest lists of its model's own, and what lies beside it: one by hand may list other models' files. */
function ownPaths({ files }: Manifest, places: ModelPlaces): string[] {
  const paths = files.map(({ path }) => path);
  const own = paths.filter((path) => isIn(places, path));

  const { manifest } = places;

  return [
    ...own,
    manifest,
    attestationPath(manifest),
    modelSignaturePath(manifest),
  ];
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
