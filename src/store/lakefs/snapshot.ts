import { UsageError } from "../../errors.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import type { Snapshot, StoreObject } from "../store.ts";
import { downloadObject } from "./download.ts";
import { bareEtag } from "./etag.ts";
import { type Repository, toldToPeople } from "./repository.ts";

/** Equal size and checksum prove equal bytes; the checksum of a large file depends on how it was uploaded. */
export function objectToken(checksum: string, size: number): string {
  return `etag:${bareEtag(checksum)}-${size}`;
}

/** Objects below a prefix of a ref, in byte order. */
export async function* listStore(
  { api }: Repository,
  ref: string,
  prefix: string,
): AsyncGenerator<StoreObject> {
  for await (const { path, checksum, size } of api.listObjects(ref, prefix))
    yield { path, size, token: objectToken(checksum, size) };
}

/** A commit: it never changes. */
export function lakefsSnapshot(
  repository: Repository,
  commit: string,
): Snapshot {
  const { timing, ctx } = repository;
  return {
    id: commit,
    list: (prefix) => toldListing(repository, commit, prefix),
    read: (path, limit) =>
      toldToPeople(repository, () =>
        readSmall(repository, commit, path, limit),
      ),
    download: (
      objects,
      folder,
      { rename = (path: string) => path, progress } = {},
    ) =>
      toldToPeople(repository, async () => {
        const down = { s3: await repository.s3(), timing, signal: ctx.signal };
        return inParallel(objects, 8, async (object) => {
          const target = placeInside(folder, rename(object.path));
          const etag = /^etag:(.*)-\d+$/.exec(object.token)?.[1] ?? "";
          const wanted = {
            key: `${commit}/${object.path}`,
            etag,
            size: object.size,
          };

          return {
            ...object,
            sha256: await downloadObject(down, wanted, target, progress),
          };
        });
      }),
  };
}

async function* toldListing(
  repository: Repository,
  ref: string,
  prefix: string,
): AsyncGenerator<StoreObject> {
  const listing = listStore(repository, ref, prefix);
  for (;;) {
    const { done, value } = await toldToPeople(repository, () =>
      listing.next(),
    );
    if (done) return;
    yield value;
  }
}

/** Null where it is missing. */
export async function readSmall(
  { api }: Repository,
  ref: string,
  path: string,
  limit: number,
): Promise<Uint8Array | null> {
  const bytes = await api.getObject(ref, path, limit);
  if (bytes === "too-large")
    throw new UsageError(`${path} is larger than ${limit} bytes`, {
      hint: "it is not the small file it should be",
    });

  return bytes;
}
