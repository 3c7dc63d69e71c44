import { ExternalError } from "../../errors.ts";
import type { LandWish } from "../store.ts";
import type { Bucket } from "./bucket.ts";
import { copyOwn } from "./copy.ts";
import { type Ends, inFolder } from "./landed-models.ts";
import {
  broughtFolder,
  type LandingPlace,
  type LandingRecord,
  writeRecord,
} from "./landing-record.ts";
import { listBelow } from "./listing.ts";
import { etagsOf } from "./origin.ts";
import type { ListedObject } from "./read-calls.ts";

/** What a landing changes in `model/` of its target. */
export interface ModelChange {
  /** Of the source. */
  brings: ListedObject[];
  /** Paths. */
  removes: string[];
}

/** What differs in the models' own folders. */
export function modelChange(
  { models }: Pick<LandWish, "models">,
  { source, target }: Ends,
): ModelChange {
  const brings: ListedObject[] = [];
  const removes: string[] = [];

  for (const { folder } of models) {
    const ours = inFolder(source.own, folder);
    const theirs = etagsOf(inFolder(target.own, folder));
    const kept = new Set(ours.map(({ key }) => key));

    for (const object of ours) {
      const isThere = object.etag !== "" && theirs[object.key] === object.etag;
      if (!isThere) brings.push(object);
    }
    removes.push(...Object.keys(theirs).filter((path) => !kept.has(path)));
  }

  return { brings, removes };
}

/**
 * Copies the files of a change to a place of their own, inside the server, and writes the record beside them: from here on
 * the landing needs nothing of its source. The target is as before. Throws `ExternalError` where the source changed.
 */
export async function stageLanding(
  bucket: Bucket,
  place: LandingPlace,
  wish: Pick<LandWish, "source" | "at" | "models">,
  { brings, removes }: ModelChange,
): Promise<LandingRecord> {
  const folder = broughtFolder(place);
  await copyOwn(bucket, { from: wish.source, to: folder }, brings);

  const staged: LandingRecord["brings"] = {};
  for await (const { key, etag, size } of listBelow(bucket, `${folder}/`))
    staged[key.slice(folder.length + 1)] = { etag, size };
  for (const { key, size } of brings)
    if (staged[key]?.size !== size) throw notStaged(bucket, folder, key);

  const record: LandingRecord = {
    ...{ source: wish.source, at: wish.at },
    folders: wish.models.map((model) => model.folder),
    ...{ brings: staged, removes },
  };
  await writeRecord(bucket, place, record);

  return record;
}

function notStaged(
  { url }: Bucket,
  folder: string,
  path: string,
): ExternalError {
  return new ExternalError(
    `${url}/${folder}/${path} is not there as it was copied`,
    { code: "draft-lost", hint: "run again; someone removes objects there" },
  );
}
