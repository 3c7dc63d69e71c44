import { ExternalError, UsageError } from "../../errors.ts";
import { machineFault } from "../../machine-fault.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import { answerStatus } from "../transfer/answer-status.ts";
import { answerWords, isUnread } from "../transfer/answer-words.ts";
import { Garbled } from "../transfer/errors.ts";

/** What S3 answered, without the SDK's error, which holds the request. */
export interface S3Failure {
  /** `no-keys`: nothing was sent, as this machine has none. `no-answer`: of the way there. */
  kind: "answer" | "no-keys" | "no-answer";
  /** 0: no answer. */
  status: number;
  /** S3's own code, such as `NoSuchBucket`. */
  name: string;
  message: string;
  /** Whether another try may help. */
  again: boolean;
}

/** Null where the failure is none of the server's or of the way there. */
export function s3Failure(error: unknown): S3Failure | null {
  if (machineFault(error)) return null;

  const { name, message } = answerWords(error as Error);
  if (error instanceof Garbled)
    return { kind: "no-answer", status: 0, name, message, again: true };

  const status = answerStatus(error);
  if (status >= 300)
    return {
      ...{ kind: "answer", status, name, message },
      again: isPassing(status, name),
    };

  const unanswered = { status: 0, name, message };
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return { kind: "no-keys", ...unanswered, again: false };

  const permanent = permanentFailure(error);
  if (permanent)
    return {
      kind: "no-answer",
      status: 0,
      name: permanent.code,
      message: `${permanent.says}; ${permanent.hint}`,
      again: false,
    };

  return isLostConnection(error) || isUnread(error)
    ? { kind: "no-answer", ...unanswered, again: true }
    : null;
}

/** Two writers at once get 409 on Amazon, and shall try again. */
function isPassing(status: number, name: string): boolean {
  if (name === "ConditionalRequestConflict") return true;
  // A header that this server will never know.
  if (status === 501) return false;
  return status === 429 || status === 408 || status >= 500;
}

/** The error for people. `what`: the call, such as "writing KEY". */
export function s3Error(
  { kind, status, name, message, again }: S3Failure,
  { what, place, endpoint }: { what: string; place: string; endpoint: string },
): UsageError | ExternalError {
  const said = `${place} (${endpoint}): ${what} failed: ${name}: ${message}`;
  if (kind === "no-keys")
    return new UsageError(said, {
      code: "registry-refused",
      hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as masked variables, or a role (AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE)",
    });
  if (again || kind === "no-answer")
    return again
      ? new ExternalError(said, {
          code: "registry-unreachable",
          hint: "run the job again; if it fails again, ask who runs the S3 server",
        })
      : new UsageError(said, {
          code: "registry-refused",
          hint: "check AWS_ENDPOINT_URL_S3, proxies and certificates",
        });

  return new UsageError(said, {
    code: "registry-refused",
    hint: hintFor(status, name),
  });
}

function hintFor(status: number, name: string): string {
  if (name === "RequestTimeTooSkewed")
    return "the clock of this machine is wrong: set it (NTP)";
  if (name === "NoSuchBucket")
    return "make the bucket, or correct the name in s3://BUCKET/PREFIX";
  if (status === 301 || name === "PermanentRedirect")
    return "the bucket lies in another region: set AWS_REGION to it";
  if (status === 401)
    return "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN";
  if (status === 403)
    return "give the credentials s3:ListBucket on the bucket, s3:GetObject and s3:PutObject below the prefix. If requesters pay for the bucket, set AWS_REQUEST_PAYER=requester";

  return "check the address, the bucket and the credentials of the registry";
}
