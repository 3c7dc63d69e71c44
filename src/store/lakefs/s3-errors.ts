import { machineFault } from "../../machine-fault.ts";
import { connectionWords } from "../../network/connection-words.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import { answerStatus } from "../transfer/answer-status.ts";
import { answerWords, isUnread } from "../transfer/answer-words.ts";
import {
  Blocked,
  NoAnswer,
  Refusal,
  type RefusalKind,
} from "../transfer/errors.ts";

/** Copies what is safe out of the SDK's errors: the raw ones hold the request. */
export async function toldSafely<T>(
  endpoint: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw safeError(endpoint, error);
  }
}

function safeError(endpoint: string, error: unknown): Error {
  if (error instanceof Refusal) return error;

  const failure = permanentFailure(error);
  const blocked =
    error instanceof Blocked
      ? error
      : failure && new Blocked(failure.says, failure);
  if (blocked)
    return new Blocked(
      `its S3 gateway (${endpoint}): ${blocked.message}`,
      blocked,
    );

  const isAnswers = isLostConnection(error) || isUnread(error);
  if (!isAnswers || machineFault(error)) return error as Error;

  const { name, message } = answerWords(error);
  const status = answerStatus(error);
  if (status < 400)
    return new NoAnswer(connectionWords(error, `${name}: ${message}`));

  return new Refusal(kindOf(status, name), status, `${name}: ${message}`);
}

function kindOf(status: number, name: string): RefusalKind {
  if (/WriteToProtectedBranch|ReadOnlyRepository/.test(name))
    return "protected";
  if (name === "NoSuchVersion" || status === 410) return "no-data";
  if (status === 403 || status === 401) return "auth";
  if (status === 404) return "missing";
  if ([429, 502, 503, 504].includes(status)) return "busy";

  return status >= 500 ? "broken" : "other";
}
