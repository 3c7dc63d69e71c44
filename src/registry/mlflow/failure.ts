import { objectIn } from "../../document/json-object.ts";
import { ExternalError, UsageError } from "../../errors.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import type { TryAgain } from "../../retry.ts";

/** What MLflow answered, or why there was no answer. */
export class MlflowFailure extends Error {
  /** 0: no answer. */
  readonly status: number;
  /** MLflow's own word, such as `RESOURCE_DOES_NOT_EXIST`; "" where it is not MLflow's JSON. */
  readonly word: string;
  /** Null where a further try cannot help. */
  readonly again: TryAgain | null;

  constructor(
    { status, word = "" }: { status: number; word?: string },
    says: string,
    again: TryAgain | null,
  ) {
    super(says);
    this.status = status;
    this.word = word;
    this.again = again;
  }
}

/** Characters of a foreign answer that a message repeats. */
const SHOWN = 300;

/** From an answer that is not the one asked for: another status, or not MLflow's JSON. */
export function answeredFailure(
  { status, headers }: Pick<Response, "status" | "headers">,
  text: string,
): MlflowFailure {
  const data = objectIn(text);
  const word = typeof data?.error_code === "string" ? data.error_code : "";
  const again = status === 429 || status >= 500 ? {} : null;
  const known = { status, word };
  if (status >= 300 && status < 400)
    return new MlflowFailure(
      known,
      `a redirect to ${originOf(headers.get("location"))}`,
      null,
    );
  if (word !== "")
    return new MlflowFailure(
      known,
      `${word}: ${String(data?.message ?? "").slice(0, SHOWN)}`,
      again,
    );

  const isPage = /^\s*</.test(text);
  return new MlflowFailure(
    known,
    isPage
      ? `a page (HTML), not MLflow's JSON (${status})`
      : `${status} ${text.trim().slice(0, SHOWN)}`,
    again,
  );
}

/** From what `fetch` threw; anything else is thrown again. */
export function lostFailure(error: unknown, requestMs: number): MlflowFailure {
  if (!isLostConnection(error)) throw error;

  const permanent = permanentFailure(error);
  if (permanent)
    return new MlflowFailure(
      { status: 0 },
      `${permanent.says}; ${permanent.hint}`,
      null,
    );

  const { name, cause } = error as Error & {
    cause?: { code?: string; message?: string };
  };
  if (name === "TimeoutError")
    return new MlflowFailure(
      { status: 0 },
      `no answer within ${requestMs / 1000} s`,
      { attempts: 2 },
    );

  return new MlflowFailure(
    { status: 0 },
    cause?.code ?? cause?.message ?? "the connection failed",
    {},
  );
}

/** The error for people. `what`: the call, such as "making the run of detector". */
export function mlflowError(
  { status, message, again }: MlflowFailure,
  { what, base }: { what: string; base: string },
): UsageError | ExternalError {
  const said = `MLflow (${base}): ${what} failed: ${message}`;
  if (again)
    return new ExternalError(said, {
      code: "mlflow-unreachable",
      hint: "check MLFLOW_TRACKING_URI, or run the job again when the server is there",
    });
  if (status === 0)
    return new UsageError(said, {
      code: "mlflow-unreachable",
      hint: "check MLFLOW_TRACKING_URI, proxies and certificates",
    });

  return new UsageError(said, {
    code: "mlflow-refused",
    hint: hintFor(status, message),
  });
}

function hintFor(status: number, message: string): string {
  if (status === 401)
    return "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, as masked variables";
  if (status === 403)
    return "if it speaks of a host header, start the server with `--allowed-hosts HOST:PORT` (the port is part of it); else the user lacks the right to edit this experiment or model";
  if (status === 404 || (status < 400 && message.length > 0))
    return "check MLFLOW_TRACKING_URI: it is the address before /api/2.0, without a page's path, and without a login page before it";

  return "read MLflow's own words in the line above";
}

function originOf(location: string | null): string {
  return location && URL.canParse(location)
    ? new URL(location).origin
    : "elsewhere";
}
