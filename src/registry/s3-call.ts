import { type RetryPolicy, retried } from "../retry.ts";
import { type S3Failure, s3Error, s3Failure } from "../store/s3/failure.ts";

export interface CallOptions {
  /** As the user wrote it, for messages. */
  url: string;
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

/** `what`: for messages, such as "reading KEY". */
export type Call = <T>(what: string, work: () => Promise<T>) => Promise<T>;

class Refused extends Error {
  readonly failure: S3Failure;

  constructor(failure: S3Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Tries again where that may help; conditions that do not hold come back as `Refused`, other failures as errors for people. */
export function caller({ url, endpoint, signal, policy }: CallOptions): Call {
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
export async function heldBack(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/** For a call's failure: null where the object is missing; else it is thrown. */
export function nullIfMissing(error: unknown): null {
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
