import {
  AppError,
  type AppErrorOptions,
  ExternalError,
  UsageError,
} from "../../errors.ts";
import { clockWrong } from "../refusals.ts";
import { Blocked, Garbled, NoAnswer } from "../transfer/errors.ts";
import { objectOf } from "../transfer/object-step.ts";
import type { Bucket } from "./bucket.ts";
import { S3Refusal } from "./refusal.ts";

/** Runs calls to the bucket; what is left of their failures is told to people. */
export async function told<T>(
  { url, at }: Pick<Bucket, "url" | "at">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;

    const place = `${url} (${at.shown})`;
    if (error instanceof Blocked)
      throw new UsageError(`${place}: ${error.message}`, error);
    if (error instanceof S3Refusal) throw refused(place, error);

    throw error instanceof NoAnswer || error instanceof Garbled
      ? unreachable(place, error)
      : error;
  }
}

function unreachable(place: string, error: Error): ExternalError {
  return new ExternalError(
    `${place} ${error instanceof Garbled ? "gave an answer that cannot be right" : "does not answer"}${objectOf(error, " ")}: ${error.message}`,
    {
      code: "store-unreachable",
      hint: "check AWS_ENDPOINT_URL_S3 (Amazon's own server where it is not set), and that this machine can reach it; otherwise run again later",
    },
  );
}

function refused(place: string, { asked, failure }: S3Refusal): AppError {
  const { kind, status, name, message, again } = failure;
  const what = asked.key === "" ? "the bucket" : `\`${asked.key}\``;
  const said = `${place}: \`${asked.right}\` on ${what} failed: ${name}: ${message}`;
  if (status === 507 || FULL.test(name))
    return new ExternalError(said, {
      code: "store-failed",
      hint: "the disk of the S3 server, or the bucket's quota, is full: make room there, then run again (with some kilobytes to spare `model-to-edge sweep` removes published files that nothing needs any more)",
    });
  if (again)
    return new ExternalError(said, {
      code: "store-failed",
      hint:
        status === 500
          ? "run again later; the server's own log has the cause, such as a full disk"
          : "run again later; see the server's own log",
    });

  if (name === "RequestTimeTooSkewed") return clockWrong(place);

  if (kind === "no-keys")
    return new UsageError(said, {
      code: "credentials-missing",
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as masked variables, or a role: AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE (in GitLab, a protected variable is only set on protected branches)",
    });

  return new UsageError(said, optionsFor(status, name));
}

/** Words of MinIO, Ceph, versitygw and Huawei's OBS. */
const FULL =
  /^(XMinioStorageFull|\w*QuotaExceeded|InsufficientStorage(Space)?)$/;
const REGION =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const WRONG_KEYS =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)$/;

function optionsFor(status: number, name: string): AppErrorOptions {
  if (name === "NoSuchBucket")
    return {
      code: "store-missing",
      hint: "correct the name in s3://BUCKET/PREFIX, or make the bucket: `aws s3 mb s3://BUCKET`",
    };
  if (REGION.test(name) || (status >= 300 && status < 400))
    return {
      code: "store-region",
      hint: "the bucket lies in another region: set AWS_REGION to it (`aws s3api get-bucket-location --bucket BUCKET` prints it)",
    };
  if (status === 401 || WRONG_KEYS.test(name))
    return {
      code: "credentials-wrong",
      hint: "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN",
    };
  if (status === 403)
    return {
      code: "store-refused",
      hint: "give the credentials s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject below the prefix (a sweep of a bucket that keeps versions also s3:ListBucketVersions and s3:DeleteObjectVersion); a policy of the bucket, or a retention of its objects, may refuse them all the same. If requesters pay for the bucket, set AWS_REQUEST_PAYER=requester",
    };

  return {
    code: "store-refused",
    hint: "check the bucket, the prefix and the server's own log",
  };
}
