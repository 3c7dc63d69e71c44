import { ExternalError } from "../../errors.ts";
import { Garbled } from "./errors.ts";
import type { S3 } from "./s3-calls.ts";
import type { Wanted } from "./wanted.ts";

/**
 * An object's bytes after the first `there`, which are held already; `from` is 0 where the server sends all. Throws
 * `ExternalError` where it is not the object that was listed.
 */
export async function openObject(
  s3: S3,
  wanted: Wanted,
  there: number,
  signal: AbortSignal,
) {
  const { body, etag, from } = await s3.getObject(
    wanted.key,
    there < wanted.size ? there : 0,
    signal,
  );
  if (etag === wanted.etag) return { body, from };

  body.destroy();
  throw new ExternalError(
    `${wanted.key} changed in the store while it was read`,
    {
      code: "changed-under-us",
      hint: "run again",
    },
  );
}

/** For an answer that ended well, with another number of bytes than the listing has. */
export function otherSize({ path, size }: Wanted, arrived: number): Garbled {
  return new Garbled(
    `${arrived} bytes of ${path} arrived, but it is listed with ${size}`,
  );
}
