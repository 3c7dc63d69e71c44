import { AppError, UsageError } from "../../errors.ts";
import { elapsing } from "../../steady-clock.ts";
import { inParallel } from "../parallel.ts";
import type { Bucket } from "./bucket.ts";
import { copyOne, removeOwn } from "./copy.ts";
import { readIndex } from "./index-file.ts";
import {
  broughtFolder,
  closeRecord,
  type LandingPlace,
  type LandingRecord,
  readRecord,
  recordKey,
} from "./landing-record.ts";
import { listOwn } from "./listing.ts";
import { etagsOf, readOrigin, writeOrigin } from "./origin.ts";
import { isRemoved } from "./removed-branch.ts";

const AT_ONCE = 8;

/** A landing whose publication is made, and whose models are still to be changed. */
export interface OpenLanding {
  place: LandingPlace;
  record: LandingRecord;
  /** Its publication. */
  publication: string;
}

/**
 * Changes `model/` of the target to what the landing brings, and closes its record. May be broken off at any call and be
 * done again, also by several at once. Throws `UsageError` `landing-interrupted` where files of it are gone.
 */
export async function changeModels(
  bucket: Bucket,
  landing: OpenLanding,
): Promise<void> {
  const { place, record } = landing;
  const isOpen = openChecker(bucket, place);
  const there = etagsOf(await listOwn(bucket, place.branch));

  const gone = record.removes.filter((path) => there[path] !== undefined);
  await inParallel(gone, AT_ONCE, async (path) => {
    if (await isOpen()) await removeOwn(bucket, place.branch, [path]);
  });

  const open = Object.entries(record.brings).filter(
    ([path, { etag }]) => etag === "" || there[path] !== etag,
  );
  const pair = { from: broughtFolder(place), to: place.branch };
  await inParallel(open, AT_ONCE, async ([key, file]) => {
    const object = { ...{ key, changedAt: new Date(0) }, ...file };
    if (await isOpen())
      await whileOpen(bucket, landing, () => copyOne(bucket, pair, object));
  });

  if ((await readRecord(bucket, place)) === null) return;
  await noteOrigin(bucket, place.branch, record, landing.publication);
  await closeRecord(bucket, place);
}

/** Who was asleep meanwhile must not undo what came after the landing: others may have completed it. */
function openChecker(
  bucket: Bucket,
  place: LandingPlace,
): () => Promise<boolean> {
  let sinceSeen = elapsing();

  return async () => {
    if (sinceSeen() < bucket.landingTimes.beatMs) return true;
    if ((await readRecord(bucket, place)) === null) return false;
    sinceSeen = elapsing();
    return true;
  };
}

/** The files beside the record go when the landing is complete: then there is nothing left to do. */
async function whileOpen(
  bucket: Bucket,
  { place, record }: OpenLanding,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isMissing =
      error instanceof AppError && error.code === "changed-under-us";
    if (!isMissing) throw error;
    if (await readRecord(bucket, place))
      throw filesLost(bucket, place, record.source);
  }
}

/** What the target has in the landed folders is what the source will be compared with from now on. */
export async function noteOrigin(
  bucket: Bucket,
  target: string,
  { source, folders }: Pick<LandingRecord, "source" | "folders">,
  publication: string | null,
): Promise<void> {
  // Of a branch that was removed since, nothing is noted: another one may get its name.
  const index = await readIndex(bucket, source);
  if (index === null || isRemoved(index.commit)) return;

  const before = await readOrigin(bucket, source);
  const known = before?.from === target ? before : null;
  const isLanded = (path: string) =>
    folders.some((folder) => path.startsWith(`${folder}/`));
  const rest = Object.entries(known?.objects ?? {}).filter(
    ([path]) => !isLanded(path),
  );
  const now = (await listOwn(bucket, target)).filter(({ key }) =>
    isLanded(key),
  );

  await writeOrigin(bucket, source, {
    ...{ from: target, publication, complete: true },
    objects: { ...Object.fromEntries(rest), ...etagsOf(now) },
  });
}

function filesLost(
  { url }: Bucket,
  place: LandingPlace,
  source: string,
): UsageError {
  return new UsageError(
    `the landing of ${source} into branch ${place.branch} was interrupted, and files that it brings to model/ are gone from ${url}/${broughtFolder(place)}`,
    {
      code: "landing-interrupted",
      hint: `copy the models that it landed from branch ${source} into ${place.branch} (\`aws s3 sync --delete ${url}/${source}/model/NAME ${url}/${place.branch}/model/NAME\`), remove its record, \`aws s3 rm ${url}/${recordKey(place)}\`, then run the pipeline of ${place.branch}`,
    },
  );
}
