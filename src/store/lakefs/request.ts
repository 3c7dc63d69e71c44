import type { Context } from "../../context.ts";
import type { Credentials } from "./credentials.ts";
import { NoAnswer, Refusal, refusalKind } from "./errors.ts";
import { retried } from "./retry.ts";
import type { Timing } from "./timing.ts";

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
) => Promise<Uint8Array | "too-large">;

/** The one place that talks to lakeFS's REST API. */
export function makeSender(
  ctx: Pick<Context, "fetch" | "signal" | "log">,
  credentials: Credentials,
  timing: Timing,
): { send: Send; sendForBytes: SendForBytes } {
  const key = `${credentials.accessKeyId}:${credentials.secretAccessKey}`;
  const authorization = `Basic ${Buffer.from(key).toString("base64")}`;
  const exchange = <T>(
    request: ApiRequest,
    read: (answer: Response) => Promise<T>,
  ): Promise<T> => {
    const outer =
      request.farewell && ctx.signal.aborted
        ? AbortSignal.timeout(timing.farewellMs)
        : ctx.signal;

    const attempt = async (): Promise<T> => {
      const limit = AbortSignal.timeout(
        request.slow ? timing.slowMs : timing.idleMs,
      );

      const url = `${credentials.endpoint}/api/v1/${request.path.map(encodeURIComponent).join("/")}`;
      const query = new URLSearchParams(request.query).toString();

      try {
        const answer = await ctx.fetch(query ? `${url}?${query}` : url, {
          method: request.method,
          headers: {
            authorization,
            ...(request.body === undefined
              ? {}
              : { "content-type": "application/json" }),
          },
          ...(request.body === undefined
            ? {}
            : { body: JSON.stringify(request.body) }),
          signal: AbortSignal.any([outer, limit]),
          redirect: "error",
        });
        if (answer.ok) return await read(answer);
        throw refusal(answer.status, await answer.text());
      } catch (error) {
        if (error instanceof Refusal) throw error;
        throw new NoAnswer(
          limit.aborted ? "no answer in time" : reasonOf(error),
        );
      }
    };

    return retried(timing, outer, attempt, (error) =>
      ctx.log.warn(
        `lakeFS at ${credentials.endpoint}: ${error.message}; trying again`,
      ),
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
        return new Uint8Array(await answer.arrayBuffer());
      }),
  };
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
