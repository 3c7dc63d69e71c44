import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { hashBytes } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import { agreedReading } from "../store/s3/agreed-reading.ts";
import { isMd5, rawEtag } from "../store/s3/etag.ts";
import { pageOf } from "../store/s3/list-answer.ts";
import { formatBytes } from "../text/format-bytes.ts";
import type {
  ObjectPlace,
  ObjectSource,
  PlacedObject,
} from "./object-place.ts";
import { bodyOf, contentType } from "./s3-body.ts";
import {
  type Call,
  type CallOptions,
  caller,
  heldBack,
  nullIfMissing,
} from "./s3-call.ts";

/** Its `url` is `s3://BUCKET/PREFIX`. */
export interface S3PlaceOptions extends CallOptions {
  client: S3Client;
  bucket: string;
  /** Empty, or with a `/` at its end. */
  prefix: string;
}

/** An empty object that shows whether the server keeps conditions; it stays, as not everybody may delete. */
const PROBE = ".model-to-edge/probe";
/** S3's own limit of one write. */
const LARGEST = 5 * 2 ** 30;

/** Objects of a bucket below a prefix. Bytes are proved by the server with SHA-256 where it knows how, and read again by `hash`. */
export function s3Place(options: S3PlaceOptions): ObjectPlace {
  const { client, bucket, prefix, signal } = options;
  const place = (key: string) => ({ Bucket: bucket, Key: prefix + key });
  const call = caller(options);

  const opened = (key: string) =>
    client
      .send(new GetObjectCommand(place(key)), { abortSignal: signal })
      .catch(nullIfMissing);

  const write = async (key: string, source: ObjectSource, condition: object) =>
    call(`writing ${key}`, () =>
      client.send(
        new PutObjectCommand({
          ...place(key),
          ...bodyOf(source),
          ...condition,
          ContentType: contentType(key),
          ChecksumSHA256: Buffer.from(source.sha256, "hex").toString("base64"),
        }),
        { abortSignal: signal },
      ),
    );

  return {
    url: options.url,
    list: (below) => list(options, call, below),

    async read(key, limit) {
      const readOnce = async () => {
        const answer = await client.send(new GetObjectCommand(place(key)), {
          abortSignal: signal,
        });
        const size = answer.ContentLength ?? 0;
        if (size > limit) {
          (answer.Body as Readable).destroy();
          throw tooLarge(key, size, limit);
        }

        const bytes = await buffer(answer.Body as Readable);
        const etag = rawEtag(answer);
        return { bytes, etag, isMd5: isMd5(etag, answer) };
      };

      return call(`reading ${key}`, () =>
        agreedReading(key, readOnce).catch(nullIfMissing),
      );
    },

    copyTo: (key, path) =>
      call(`reading ${key}`, async () => {
        const answer = await opened(key);
        if (!answer) return false;

        await pipeline(answer.Body as Readable, createWriteStream(path));
        return true;
      }),

    hash: (key) =>
      call(`reading ${key}`, async () => {
        const answer = await opened(key);
        if (!answer) return null;

        const hash = createHash("sha256");
        for await (const chunk of answer.Body as Readable) hash.update(chunk);
        return hash.digest("hex");
      }),

    async create(key, source) {
      if ("size" in source && source.size > LARGEST)
        throw tooLarge(key, source.size, LARGEST);

      const done = await heldBack(write(key, source, { IfNoneMatch: "*" }));
      return done ? "created" : "exists";
    },

    replace: (key, bytes, etag) =>
      heldBack(
        write(
          key,
          { bytes, sha256: hashBytes(bytes) },
          etag === null ? { IfNoneMatch: "*" } : { IfMatch: `"${etag}"` },
        ),
      ),

    async keepsConditions() {
      const bytes = new Uint8Array();
      const sha256 = hashBytes(bytes);
      const create = () =>
        heldBack(write(PROBE, { bytes, sha256 }, { IfNoneMatch: "*" }));

      // Once it is there, a server that keeps conditions refuses it.
      return !(await create()) || !(await create());
    },

    close: async () => client.destroy(),
  };
}

async function* list(
  { client, bucket, prefix, signal }: S3PlaceOptions,
  call: Call,
  below: string,
): AsyncGenerator<PlacedObject> {
  let token: string | undefined;
  do {
    const wish = { Bucket: bucket, Prefix: prefix + below };
    const page = await call(`listing ${below}`, async () => {
      const answer = await client.send(
        new ListObjectsV2Command({ ...wish, ContinuationToken: token }),
        { abortSignal: signal },
      );
      return pageOf(answer, wish.Prefix, token);
    });
    for (const { key, size } of page.objects)
      yield { key: key.slice(prefix.length), size };
    token = page.next;
  } while (token);
}

function tooLarge(key: string, size: number, limit: number): UsageError {
  return new UsageError(
    `${key} has ${formatBytes(size)}; at most ${formatBytes(limit)} can be transferred`,
    {
      code: "release-too-large",
      hint: "S3 takes 5 GiB in one write: split the file, or leave it out of release.files",
    },
  );
}
