import { connectionWords } from "../../network/connection-words.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import { answerStatus } from "../transfer/answer-status.ts";
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
  readonly asked: Asked;

  constructor(failure: S3Failure, asked: Asked) {
    const { status, name, message } = failure;
    super(kindOf(failure), status, `${name}: ${message}`);
    this.failure = failure;
    this.asked = asked;
  }
}

/** What a call does, by the right that Amazon's policies name it with, and of what. */
export interface Asked {
  right: `s3:${string}`;
  /** Or the beginning of keys. */
  key: string;
}

/** Bytes that became others on the way: the server itself found it. */
const OTHER_BYTES =
  /^(BadDigest|InvalidDigest|IncompleteBody|XAmzContent\w*Mismatch)$/;

/** Copies what is safe out of the SDK's errors: the raw ones hold the request. */
export async function toldSafely<T>(
  work: Promise<T>,
  asked: Asked,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw safeError(error, asked);
  }
}

function safeError(error: unknown, asked: Asked): unknown {
  const permanent = permanentFailure(error);
  if (permanent) return new Blocked(permanent.says, permanent);

  const failure = s3Failure(error);
  if (!failure) return error;
  if (isForeign(error, failure, asked)) return notS3();

  const { name, message } = failure;
  if (OTHER_BYTES.test(name)) return new Garbled(`${name}: ${message}`);

  return failure.kind === "no-answer"
    ? new NoAnswer(connectionWords(error, `${name}: ${message}`))
    : new S3Refusal(failure, asked);
}

/** What is not S3, in its place: a login page, a console for browsers, a proxy. No further try mends it. */
export function notS3(): Blocked {
  return new Blocked("something other than an S3 server answers there", {
    code: "not-s3",
    hint: "set AWS_ENDPOINT_URL_S3 to the address that programs use, such as `https://minio.example.com:9000`, without the bucket (not set: Amazon's own)",
  });
}

/** S3 refuses a listing with a code of its own. Without keys, nothing was sent, and nothing answered. */
function isForeign(
  error: unknown,
  { again }: S3Failure,
  { right }: Asked,
): boolean {
  const { Code } = error as { Code?: string };
  const status = answerStatus(error);
  const isRefused = status >= 300 && status < 500 && !again;
  return right === "s3:ListBucket" && isRefused && Code === undefined;
}

function kindOf({ kind, status, name, again }: S3Failure): RefusalKind {
  if (kind === "no-keys") return "auth";
  if (status === 412) return "conflict";
  if (status === 404 && name !== "NoSuchBucket") return "missing";
  if (again) return BUSY.has(status) ? "busy" : "broken";

  return status === 401 || status === 403 ? "auth" : "other";
}

/** Two writers at once get 409 on Amazon, and shall try again. */
const BUSY = new Set([408, 409, 429, 502, 503, 504]);
