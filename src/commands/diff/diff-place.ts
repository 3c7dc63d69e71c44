import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fetchFound, findPublished } from "../../attest/fetch-models.ts";
import { modelsInFolder } from "../../attest/models-in-folder.ts";
import type { FoundModel } from "../../attest/verify-model.ts";
import { STRICT } from "../../config/policy.ts";
import { readSettings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { branchPaths, placesOf } from "../../model/layout.ts";
import { orMissing } from "../../node-error.ts";
import { fetchRelease } from "../../registry/fetch-release.ts";
import { openTarget } from "../../registry/open-target.ts";
import { parseReleasePlace } from "../../registry/release-place.ts";
import { parsePublishedPlace } from "../../store/published-place.ts";
import { findSubject } from "../../validate/find-subject.ts";
import type { Subject } from "../../validate/subject.ts";
import type { Flags } from "../command-io.ts";
import { openNamedStore } from "../open-named-store.ts";

/** A model that is compared, on this machine. */
export interface DiffSide {
  /** As it was written on the command line. */
  place: string;
  /** What it turned out to be: a commit, a version; null of a folder. */
  at: string | null;
  /** Laid out like `edge/<name>/`. */
  subject: Subject;
  /** Whether every file has the sha256 of a manifest; false: the folder has none. */
  isHashed: boolean;
}

export interface DiffWish {
  place: string;
  flags: Flags;
  /** Empty folder for what is fetched. */
  scratch: string;
  /** The model's name on the other side, for a branch with several; null where nobody knows. */
  other: string | null;
  /** Told the URL of the store where the model was found, before anything of it is fetched; what it throws ends that. */
  found(store: string): void;
}

/**
 * Brings a model to this machine: a folder, a store's branch (`lakefs://vision/main/detector`, or `…/main/` where one model
 * is meant), or a version of a registry. Only what is compared is fetched. Throws `UsageError` for a place that names
 * nothing, and where a file is not what its manifest lists.
 */
export function bringSide(ctx: Context, wish: DiffWish): Promise<DiffSide> {
  const release = parseReleasePlace(wish.place);
  if (release) return ofRegistry(ctx, wish, release);

  return /^[a-z0-9]+:\/\//.test(wish.place)
    ? ofStore(ctx, wish)
    : ofFolder(ctx, wish);
}

/** What a branch's place calls the model; null for other places. */
export function modelOf(place: string): string | null {
  return isInStore(place) ? parsePublishedPlace(place).model : null;
}

function isInStore(place: string): boolean {
  return /^[a-z0-9]+:\/\/[^#]*$/.test(place);
}

async function ofRegistry(
  ctx: Context,
  { place, flags, scratch }: DiffWish,
  release: NonNullable<ReturnType<typeof parseReleasePlace>>,
): Promise<DiffSide> {
  // No store is opened; the settings are not read without one.
  const wishes = { store: "file:///", ...flags };
  const { tokenVariable } = readSettings(wishes, ctx.environment);
  const target = await openTarget(ctx, release.registry, tokenVariable);
  try {
    await mkdir(scratch, { recursive: true });
    const found = await fetchRelease(target, release, scratch);
    const subject = await findSubject(scratch, null, STRICT);

    return { place, at: found.release, subject, isHashed: true };
  } finally {
    await target.close();
  }
}

async function ofStore(
  ctx: Context,
  { place, flags, scratch, other, found }: DiffWish,
): Promise<DiffSide> {
  const { store: url, branch, model: said } = parsePublishedPlace(place);
  const settings = readSettings({ store: url, ...flags }, ctx.environment);
  const store = await openNamedStore(ctx, settings);

  try {
    await store.verify();
    const snapshot = await store.named(branch);
    const paths = branchPaths(settings.modelPath, settings.edgePath);
    const isCompared = (path: string) =>
      path.startsWith(`${paths.edge}/`) ||
      path.endsWith("/references.safetensors");
    const model = said ?? other;
    const published = await findPublished(snapshot, settings, {
      model,
      branch,
    });
    // Only now: a place that was written wrongly may name another store.
    found(url);
    const { names, doubts } = await fetchFound(snapshot, published, {
      ...{ part: scratch, wanted: isCompared },
    });
    const [name, ...more] = names;
    if (name === undefined || more.length > 0) throw several(place, names);
    if (doubts.length > 0) throw changed(place, doubts);

    const { edge, evidence } = placesOf(name, paths);
    const subject = await findSubject(
      join(scratch, edge),
      join(scratch, evidence),
      STRICT,
    );
    return { place, at: snapshot.id, subject, isHashed: true };
  } finally {
    await store.close();
  }
}

async function ofFolder(ctx: Context, { place }: DiffWish): Promise<DiffSide> {
  const folder = resolve(ctx.cwd, place);
  const subject = await findSubject(folder, null, STRICT);
  if ((await orMissing(stat(join(folder, "manifest.json")))) === null)
    return { place, at: null, subject, isHashed: false };

  const [found] = await modelsInFolder(folder);
  const doubts = found ? await doubtsOf(found) : [];
  if (doubts.length > 0) throw changed(place, doubts);

  return { place, at: null, subject, isHashed: true };
}

async function doubtsOf(found: FoundModel): Promise<string[]> {
  const { published } = found;
  if (!published) return ["it cannot be read as one"];

  const hashes = await found.hash(published);
  return published.manifest.files.flatMap(({ path, sha256 }) => {
    const now = hashes.get(path);
    if (now === sha256 || (now === undefined && found.mayLack(path))) return [];
    return `${path} ${now ? "does not match the sha256" : "is missing"}`;
  });
}

function several(place: string, names: readonly string[]): UsageError {
  return new UsageError(
    `${place} publishes ${names.length} models: ${names.slice(0, 10).join(", ")}`,
    {
      code: "place-unknown",
      hint: `name one of them: ${place}${names[0] ?? "MODEL"}`,
    },
  );
}

function changed(place: string, doubts: readonly string[]): UsageError {
  return new UsageError(
    `${place} is not what its manifest.json lists: ${doubts.join("; ")}`,
    {
      code: "model-changed",
      hint: "fetch it again with `model-to-edge fetch`, or publish it again",
    },
  );
}
