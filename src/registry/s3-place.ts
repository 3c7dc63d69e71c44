import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { UsageError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";
import { hashBytes } from "../hash-file.ts";
import { type RetryPolicy, retried } from "../retry.ts";
import { type S3Failure, s3Error, s3Failure } from "../store/s3/failure.ts";
import type {
  ObjectPlace,
  ObjectSource,
  PlacedObject,
} from "./object-place.ts";
import { bodyOf, contentType } from "./s3-body.ts";

export interface S3PlaceOptions {
  client: S3Client;
  /** `s3://BUCKET/PREFIX`, as the user wrote it. */
  url: string;
  bucket: string;
  /** Empty, or with a `/` at its end. */
  prefix: string;
  /** The server's address, for messages. */
  endpoint: string;
  signal: AbortSignal;
  policy?: RetryPolicy;
}

const POLICY: RetryPolicy = {
  attempts: 8,
  pauseMs: 200,
  longestPauseMs: 10_000,
};
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

  const get = (key: string) => call(`reading ${key}`, () => opened(key));

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
      const answer = await get(key);
      if (!answer) return null;

      const size = answer.ContentLength ?? 0;
      if (size > limit) {
        (answer.Body as Readable).destroy();
        throw tooLarge(key, size, limit);
      }

      return {
        bytes: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(),
        etag: answer.ETag ?? "",
      };
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
          etag === null ? { IfNoneMatch: "*" } : { IfMatch: etag },
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

type Call = <T>(what: string, work: () => Promise<T>) => Promise<T>;

class Refused extends Error {
  readonly failure: S3Failure;

  constructor(failure: S3Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Tries again where that may help; conditions that do not hold come back as `Refused`, other failures as errors for people. */
function caller({ url, endpoint, signal, policy }: S3PlaceOptions): Call {
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      const failure = s3Failure(error);
      throw failure ? new Refused(failure) : error;
    }
  };

  return async (what, work) => {
    try {
      return await retried(() => told(work), {
        policy: policy ?? POLICY,
        signal,
        judge: (error) =>
          error instanceof Refused && error.failure.again ? {} : null,
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (isCondition(error.failure) || isMissing(error.failure)) throw error;

      throw s3Error(error.failure, { what, place: url, endpoint });
    }
  };
}

/** False where the condition did not hold. */
async function heldBack(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function nullIfMissing(error: unknown): null {
  const failure = s3Failure(error);
  if (failure && isMissing(failure)) return null;
  throw error;
}

function isCondition({ status }: S3Failure): boolean {
  return status === 412;
}

/** `IfMatch` on a key that is gone is answered with 404, too. */
function isMissing({ status, name }: S3Failure): boolean {
  return status === 404 && name !== "NoSuchBucket";
}

async function* list(
  { client, bucket, prefix, signal }: S3PlaceOptions,
  call: Call,
  below: string,
): AsyncGenerator<PlacedObject> {
  let token: string | undefined;
  do {
    const page = await call(`listing ${below}`, () =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix + below,
          ContinuationToken: token,
        }),
        { abortSignal: signal },
      ),
    );
    for (const { Key = "", Size = 0 } of page.Contents ?? [])
      yield { key: Key.slice(prefix.length), size: Size };
    token = page.NextContinuationToken;
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
