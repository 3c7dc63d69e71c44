import { STATUS_CODES } from "node:http";
import { answerStatus } from "./answer-status.ts";

/**
 * What to call an error of the AWS SDK: S3's own code and message. An answer that holds none (of HEAD, of a proxy, one
 * that was damaged) is called by its status; the SDK's own words for it are for programmers.
 */
export function answerWords(error: Error): { name: string; message: string } {
  const { name, message } = error;
  const status = answerStatus(error);
  const isWordless = name === "Unknown" || isUnread(error);
  if (status === 0 || !isWordless) return { name, message };

  return {
    name: `HTTP ${status}`,
    message: isUnread(error)
      ? "an answer that is not one of S3"
      : (STATUS_CODES[status] ?? "an answer without a body"),
  };
}

/** The SDK could not parse the answer: its body, which it then keeps beside the error, or one value in it, such as a time. */
export function isUnread(error: unknown): error is Error {
  const isOfReading = [SyntaxError, TypeError, RangeError].some(
    (kind) => error instanceof kind,
  );
  const { $response, $responseBodyText } = (error ?? {}) as {
    $response?: unknown;
    $responseBodyText?: unknown;
  };
  return (
    $responseBodyText !== undefined || (isOfReading && $response !== undefined)
  );
}
