import type { Context } from "../../context.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import { Blocked, NoAnswer, Refusal, refusalKind } from "./errors.ts";
import { foreignAnswer } from "./foreign-answer.ts";
import type { Credentials } from "./lakectl-file.ts";
import type { Timing } from "./timing.ts";
import { tried } from "./tried.ts";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments below `/api/v1`; encoded here. */
  path: readonly string[];
  query?: Record<string, string>;
  body?: unknown;
  /** Commits and merges may take minutes. */
  slow?: boolean;
  /** Also when the run was cancelled, but then only for a moment: clearing up. */
  farewell?: boolean;
}

/** Sends a request until it has an answer. Throws `Refusal` or `NoAnswer`; text of the answer otherwise. */
export type Send = (request: ApiRequest) => Promise<string>;
export type SendForBytes = (
  request: ApiRequest,
  limit: number,
) => Promise<FetchedBytes | "too-large">;

export interface FetchedBytes {
  bytes: Uint8Array;
  /** The checksum that the answer names, "" where it names none. */
  etag: string;
}

/** The one place that talks to lakeFS's REST API. */
export function makeSender(
  ctx: Pick<Context, "fetch" | "signal" | "log">,
  credentials: Credentials,
  timing: Timing,
): { send: Send; sendForBytes: SendForBytes } {
  const { endpoint } = credentials;
  const authorization = authorizationOf(credentials);

  const exchange = <T>(
    request: ApiRequest,
    read: (answer: Response) => Promise<T>,
  ): Promise<T> => {
    const signal =
      request.farewell && ctx.signal.aborted
        ? AbortSignal.timeout(timing.farewellMs)
        : ctx.signal;

    const attempt = () => {
      const limit = AbortSignal.timeout(
        request.slow ? timing.slowMs : timing.idleMs,
      );
      const init = {
        ...initOf(request, authorization),
        signal: AbortSignal.any([signal, limit]),
      };

      return answered(limit, async () =>
        read(await accepted(await ctx.fetch(urlOf(endpoint, request), init))),
      );
    };

    return tried({ timing, signal }, attempt, (error) =>
      ctx.log.warn(`lakeFS at ${endpoint}: ${error.message}; trying again`),
    );
  };

  return {
    send: (request) => exchange(request, (answer) => answer.text()),
    sendForBytes: (request, limit) =>
      exchange(request, async (answer) => {
        if (Number(answer.headers.get("content-length") ?? 0) > limit) {
          await answer.body?.cancel();
          return "too-large";
        }

        return {
          bytes: new Uint8Array(await answer.arrayBuffer()),
          etag: answer.headers.get("etag") ?? "",
        };
      }),
  };
}

function authorizationOf({ accessKeyId, secretAccessKey }: Credentials) {
  const key = Buffer.from(`${accessKeyId}:${secretAccessKey}`);
  return `Basic ${key.toString("base64")}`;
}

function urlOf(endpoint: string, { path, query }: ApiRequest): string {
  const url = `${endpoint}/api/v1/${path.map(encodeURIComponent).join("/")}`;
  const search = new URLSearchParams(query).toString();
  return search ? `${url}?${search}` : url;
}

function initOf({ method, body }: ApiRequest, authorization: string) {
  const init = { method, redirect: "manual" } as const;
  if (body === undefined) return { ...init, headers: { authorization } };

  return {
    ...init,
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function accepted(answer: Response): Promise<Response> {
  const type = answer.headers.get("content-type") ?? "";
  const foreign = await foreignAnswer({
    status: answer.status,
    location: answer.headers.get("location"),
    isPage: type.startsWith("text/html"),
    text: () => answer.text(),
  });
  if (foreign) throw foreign;
  if (answer.ok) return answer;

  throw refusal(answer.status, await answer.text());
}

/** What `work` says; anything but a refusal means that the answer was lost. */
async function answered<T>(
  limit: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal || error instanceof Blocked) throw error;

    if (!isLostConnection(error)) throw error;

    const failure = permanentFailure(error);
    if (failure) throw new Blocked(failure.says, failure);

    throw new NoAnswer(limit.aborted ? "no answer in time" : reasonOf(error));
  }
}

function refusal(status: number, text: string): Refusal {
  const message = messageOf(text);
  return new Refusal(
    refusalKind(status, message),
    status,
    message || `status ${status}`,
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
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
