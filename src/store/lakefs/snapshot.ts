import { ExternalError, UsageError } from "../../errors.ts";
import { eitherOf } from "../either-signal.ts";
import { inParallel } from "../parallel.ts";
import { placeInside } from "../paths.ts";
import { type Snapshot, type StoreObject, UNVERIFIABLE } from "../store.ts";
import { downloadObject } from "../transfer/download.ts";
import { isRefusal } from "../transfer/errors.ts";
import { bareEtag } from "../transfer/etag.ts";
import { refuseTwinObjects } from "../twins.ts";
import { objectFacts } from "./object-facts.ts";
import { readSmall } from "./read-small.ts";
import { carrierOf, type Repository, toldToPeople } from "./repository.ts";

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
  const { ctx } = repository;
  return {
    id: commit,
    list: (prefix) => toldListing(repository, commit, prefix),
    read: (path, limit) =>
      toldToPeople(repository, () =>
        namingLost(path, () => readSmall(repository, commit, path, limit)),
      ),
    download: (
      objects,
      folder,
      { rename = (path: string) => path, progress, signal } = {},
    ) =>
      toldToPeople(repository, async () => {
        await refuseTwinObjects(folder, objects, { rename });
        const carrier = await carrierOf(repository);
        const down = { ...carrier, signal: eitherOf(carrier.signal, signal) };
        return inParallel(objects, 8, async (object) => {
          const target = placeInside(folder, rename(object.path));
          const wanted = {
            path: object.path,
            key: `${commit}/${object.path}`,
            etag: /^etag:(.*)-\d+$/.exec(object.token)?.[1] ?? "",
            size: object.size,
            facts: () => objectFacts(repository, commit, object.path),
          };

          const { sha256, proved } = await namingLost(object.path, () =>
            downloadObject(down, wanted, target, progress),
          );

          if (proved) return { ...object, sha256 };

          ctx.log.warn(
            `${object.path}: not verifiable: it was imported, or uploaded in parts of an unknown size, and its checksum is not that of its content; put the sha256 of its content into its metadata`,
            "publication.md",
          );

          return { ...object, sha256, token: UNVERIFIABLE };
        });
      }),
  };
}

/** Says which object lost its bytes: lakeFS lists it, and it or the storage below has them no more. */
async function namingLost<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error, "missing"))
      throw new ExternalError(
        `${path} is listed in lakeFS but does not exist: ${error.message}`,
        {
          code: "store-contradicts",
          hint: "run again; if it fails again, something on the network changes the server's answers",
        },
      );

    if (!isRefusal(error, "no-data")) throw error;
    throw new UsageError(
      `${path} is listed in lakeFS, but its content is gone from the underlying storage`,
      {
        code: "object-gone",
        hint: "a garbage collection or a lifecycle rule of the bucket removed it: upload the file again and commit it, or go back to a commit that has it",
      },
    );
  }
}

async function* toldListing(
  repository: Repository,
  ref: string,
  prefix: string,
): AsyncGenerator<StoreObject> {
  const listing = listStore(repository, ref, prefix);
  for (;;) {
    const { done, value } = await toldToPeople(repository, () =>
      namingGone(ref, () => listing.next()),
    );
    if (done) return;
    yield value;
  }
}

/** A commit can be known although what it lists is not: of a repository that was made again under its name. */
async function namingGone<T>(ref: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error, "no-data")) throw error;
    throw new UsageError(
      `lakeFS knows commit ${ref}, but its list of objects is gone from the underlying storage`,
      {
        code: "object-gone",
        hint: "the repository was made again under its name, or its storage was cleaned: name a branch, or a newer commit",
      },
    );
  }
}
