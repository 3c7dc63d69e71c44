import type { Context } from "../../context.ts";
import { machineFault } from "../../machine-fault.ts";
import { connectionWords } from "../../network/connection-words.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import {
  Blocked,
  Garbled,
  NoAnswer,
  Refusal,
  type Subject,
} from "../transfer/errors.ts";
import { foreignAnswer } from "../transfer/foreign-answer.ts";
import type { Timing } from "../transfer/timing.ts";
import { type Server, tried } from "../transfer/tried.ts";
import { watchServer } from "../transfer/watch-server.ts";
import type { Login } from "./login.ts";
import { refusalKind } from "./refusal-kind.ts";
import { type ApiRequest, subjectOf } from "./request-subject.ts";

/**
 * Sends a request until it has an answer that `read` understands. Throws `Refusal`, `NoAnswer`, or the `Garbled` of
 * `read`.
 */
export type Send = <T>(
  request: ApiRequest,
  read: (text: string) => T,
) => Promise<T>;
export type SendForBytes = (
  request: ApiRequest,
  limit: number,
) => Promise<FetchedBytes | "too-large">;

export interface FetchedBytes {
  bytes: Uint8Array;
  /** The checksum that the answer names, "" where it names none. */
  etag: string;
}

/** Who asks: a login, or, to get one, nobody. */
export interface Asker extends Pick<Login, "endpoint"> {
  authorization(): Promise<string | null>;
}

/** The one place that talks to lakeFS's REST API. */
export function makeSender(
  ctx: Pick<Context, "fetch" | "signal" | "log" | "now">,
  { endpoint, authorization }: Asker,
  timing: Timing,
): { send: Send; sendForBytes: SendForBytes } {
  const server: Server = { hasAnswered: false };

  const exchange = <T>(
    request: ApiRequest,
    read: (answer: Response) => Promise<T>,
    asks: "answer" | "object" = "answer",
  ): Promise<T> => {
    const signal =
      request.farewell && ctx.signal.aborted
        ? AbortSignal.timeout(timing.farewellMs)
        : ctx.signal;
    const patience = {
      ...{ timing, signal, server },
      farewell: request.farewell === true,
      watch: watchServer(ctx, `lakeFS at ${endpoint}`),
    };

    const attempt = async () => {
      const proof = await authorization();
      const limit = AbortSignal.timeout(limitOf(request, timing, ctx.now()));
      const init = {
        ...initOf(request, proof),
        signal: AbortSignal.any([signal, limit]),
      };

      return answered(limit, async () =>
        read(
          await accepted(
            request,
            await ctx.fetch(urlOf(endpoint, request), init),
            asks,
          ),
        ),
      );
    };

    return tried(patience, attempt);
  };

  return {
    send: (request, read) =>
      exchange(request, async (answer) => read(await textOf(answer))),
    sendForBytes: (request, limit) =>
      exchange(
        request,
        async (answer) => {
          if (Number(answer.headers.get("content-length") ?? 0) > limit) {
            await answer.body?.cancel();
            return "too-large";
          }

          return {
            bytes: new Uint8Array(await answer.arrayBuffer()),
            etag: answer.headers.get("etag") ?? "",
          };
        },
        "object",
      ),
  };
}

/** Milliseconds for one try. */
function limitOf(
  { slow, farewell }: ApiRequest,
  { slowMs, idleMs, farewellMs, giveUpAt }: Timing,
  now: Date,
): number {
  const usual = slow ? slowMs : idleMs;
  const left = Math.max(1_000, giveUpAt - now.getTime());

  return Math.ceil(Math.min(usual, left, farewell ? farewellMs : usual));
}

function urlOf(endpoint: string, { path, query }: ApiRequest): string {
  const url = `${endpoint}/api/v1/${path.map(encodeURIComponent).join("/")}`;
  const search = new URLSearchParams(query).toString();
  return search ? `${url}?${search}` : url;
}

function initOf({ method, body }: ApiRequest, authorization: string | null) {
  const init = { method, redirect: "manual" } as const;
  const headers = { ...(authorization && { authorization }) };
  if (body === undefined) return { ...init, headers };

  return {
    ...init,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** lakeFS's answers are valid UTF-8, whatever the names in them. */
async function textOf(answer: Response): Promise<string> {
  const bytes = await answer.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Garbled("its answer is not text");
  }
}

/** Objects may be web pages: those have an ETag, and their bytes are proved. */
async function accepted(
  request: ApiRequest,
  answer: Response,
  asks: "answer" | "object",
): Promise<Response> {
  const type = answer.headers.get("content-type") ?? "";
  const isObject = asks === "object" && answer.ok && answer.headers.has("etag");
  const foreign = await foreignAnswer({
    status: answer.status,
    location: answer.headers.get("location"),
    isPage: type.startsWith("text/html") && !isObject,
    text: () => answer.text(),
  });
  if (foreign) throw foreign;
  if (answer.ok) return answer;

  throw refusal(answer.status, await answer.text(), subjectOf(request));
}

/** What `work` says; anything but a refusal means that the answer was lost. */
async function answered<T>(
  limit: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof Refusal ||
      error instanceof Blocked ||
      error instanceof Garbled
    )
      throw error;

    if (!isLostConnection(error) || machineFault(error)) throw error;

    const failure = permanentFailure(error);
    if (failure) throw new Blocked(failure.says, failure);

    throw new NoAnswer(limit.aborted ? "no answer in time" : reasonOf(error));
  }
}

function refusal(status: number, text: string, subject: Subject): Refusal {
  const message = messageOf(text);
  return new Refusal(
    refusalKind(status, message),
    status,
    message || `status ${status}`,
    subject,
  );
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

/** The system's words without the request, which holds the key. */
function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } })
    .cause;
  const said = cause?.code ?? cause?.message ?? (error as Error).message;

  return connectionWords(error, said);
}
