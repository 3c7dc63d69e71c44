import { UsageError } from "../../errors.ts";
import type { Bucket } from "./bucket.ts";
import { PROBE } from "./layout.ts";
import { S3Refusal } from "./refusal.ts";
import { writeBytes } from "./small-objects.ts";
import type { Condition } from "./write-calls.ts";

/** No object has it. */
const NO_ETAG = "00000000000000000000000000000000";
const EMPTY = new Uint8Array();

/**
 * Writes an empty object with both conditions that a publication stands on, and sees that they are kept. Throws
 * `UsageError` where they are not, unless the user vouches that nobody else writes.
 */
export async function probeConditions(bucket: Bucket): Promise<void> {
  if (bucket.singleWriter) {
    await writeProbe(bucket, null);
    return;
  }

  const absent = { absent: true as const };
  // Once it is there, a server that keeps conditions refuses it.
  const again =
    (await writeProbe(bucket, absent)) && (await writeProbe(bucket, absent));
  const other = await writeProbe(bucket, { etag: NO_ETAG });

  const ignored = [again ? "If-None-Match" : "", other ? "If-Match" : ""];
  const names = ignored.filter((name) => name !== "");
  if (names.length > 0)
    throw unconditional(bucket, `it ignores ${names.join(" and ")}`);
}

/** Whether it was written. */
async function writeProbe(
  bucket: Bucket,
  condition: Condition | null,
): Promise<boolean> {
  try {
    return (await writeBytes(bucket, PROBE, EMPTY, condition)) !== null;
  } catch (error) {
    if (condition && (await isOfCondition(bucket, error)))
      throw unconditional(bucket, (error as Error).message);
    throw error;
  }
}

/** The server does not know the header, or a rule of the bucket denies it: the same write without it is taken. */
async function isOfCondition(bucket: Bucket, error: unknown): Promise<boolean> {
  return error instanceof S3Refusal && !error.failure.again
    ? mayWrite(bucket)
    : false;
}

async function mayWrite(bucket: Bucket): Promise<boolean> {
  try {
    return (await writeBytes(bucket, PROBE, EMPTY, null)) !== null;
  } catch (error) {
    if (error instanceof S3Refusal) return false;
    throw error;
  }
}

function unconditional({ url, at }: Bucket, why: string): UsageError {
  return new UsageError(
    `${url} (${at.shown}) has no conditional writes, so that two runs at once could lose a publication: ${why}`,
    {
      code: "store-unconditional",
      hint: "use a server that has them (AWS, MinIO, Ceph, versitygw), or let one job at a time write to the store (`resource_group`) and set MODEL_TO_EDGE_SINGLE_WRITER=true",
    },
  );
}
