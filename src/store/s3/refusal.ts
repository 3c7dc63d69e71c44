import { permanentFailure } from "../../network/permanent-failure.ts";
import {
  Blocked,
  Garbled,
  NoAnswer,
  Refusal,
  type RefusalKind,
} from "../transfer/errors.ts";
import { type S3Failure, s3Failure } from "./failure.ts";

/** A refusal of S3, with S3's own word for it. */
export class S3Refusal extends Refusal {
  readonly failure: S3Failure;

  constructor(failure: S3Failure) {
    const { status, name, message } = failure;
    super(kindOf(failure), status, `${name}: ${message}`);
    this.failure = failure;
  }
}

/** Bytes that became others on the way: the server itself found it. */
const OTHER_BYTES =
  /^(BadDigest|InvalidDigest|IncompleteBody|XAmzContent\w*Mismatch)$/;

/** Copies what is safe out of the SDK's errors: the raw ones hold the request. */
export async function toldSafely<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw safeError(error);
  }
}

function safeError(error: unknown): unknown {
  const permanent = permanentFailure(error);
  if (permanent) return new Blocked(permanent.says, permanent);

  const failure = s3Failure(error);
  if (!failure) return error;

  const { status, name, message } = failure;
  if (OTHER_BYTES.test(name)) return new Garbled(`${name}: ${message}`);

  return status > 0
    ? new S3Refusal(failure)
    : new NoAnswer(`${name}: ${message}`);
}

function kindOf({ status, name, again }: S3Failure): RefusalKind {
  if (status === 412) return "conflict";
  if (status === 404 && name !== "NoSuchBucket") return "missing";
  if (again) return BUSY.has(status) ? "busy" : "broken";

  return status === 401 || status === 403 ? "auth" : "other";
}

/** Two writers at once get 409 on Amazon, and shall try again. */
const BUSY = new Set([408, 409, 429, 502, 503, 504]);
