import type { Users } from "@gitbeaker/rest";
import type { Context } from "../context.ts";
import { GitlabError, messageOf, withoutToken } from "./gitlab-error.ts";
import {
  type Attempt,
  LIMITS,
  pauseOf,
  type RetryLimits,
  withRetry,
} from "./retry.ts";

type World = Pick<Context, "fetch" | "now" | "signal">;
type Resource = NonNullable<ConstructorParameters<typeof Users>[0]>;
type Requester = NonNullable<Resource["requesterFn"]>;

/** gitbeaker's own requester retries for 0.3 s, does not heed Retry-After, and puts the token into its errors. */
export function createRequester(
  world: World,
  token: string,
  limits: RetryLimits = LIMITS,
): Requester {
  const deadline = world.now().getTime() + limits.total;
  return ({ url, authHeaders }) => {
    const send =
      (method: string) =>
      async (endpoint: string, request: RequestOf = {}) => {
        const target = new URL(
          `${url.replace(/\/+$/, "")}/${endpoint}`.replace(/\/+$/, ""),
        );

        for (const [key, value] of Object.entries(request.searchParams ?? {})) {
          if (value !== undefined)
            target.searchParams.set(snakeCase(key), String(value));
        }

        const headers: Record<string, string> = { accept: "application/json" };
        for (const [name, secret] of Object.entries(authHeaders))
          headers[name] = await secret();
        const init: RequestInit = { method, headers, redirect: "manual" };
        if (
          request.body !== undefined &&
          method !== "GET" &&
          method !== "DELETE"
        ) {
          headers["content-type"] = "application/json";
          init.body = JSON.stringify(request.body);
        }

        const call = `${method} ${target.pathname}`;
        const outcome = await withRetry(
          () => attempt(world, target, init, call, limits),
          limits,
          deadline,
          world,
        );
        if (outcome instanceof GitlabError)
          throw withoutToken(outcome, token, call);

        return outcome;
      };
    return {
      get: send("GET"),
      post: send("POST"),
      put: send("PUT"),
      patch: send("PATCH"),
      delete: send("DELETE"),
    } as ReturnType<Requester>;
  };
}

interface RequestOf {
  searchParams?: Record<string, unknown>;
  body?: unknown;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

async function attempt(
  world: World,
  url: URL,
  init: RequestInit,
  call: string,
  limits: RetryLimits,
): Promise<Attempt<Answer | GitlabError>> {
  let response: Response;
  let text: string;

  try {
    const signal = AbortSignal.any([
      world.signal,
      AbortSignal.timeout(limits.request),
    ]);

    response = await world.fetch(url, { ...init, signal });
    text = await response.text();
  } catch (error) {
    world.signal.throwIfAborted();
    const { name, cause } = error as {
      name?: string;
      cause?: { code?: string; message?: string };
    };

    const why =
      name === "TimeoutError"
        ? `no answer within ${limits.request / 1000} s`
        : (cause?.code ?? cause?.message);

    // A lost POST may have arrived; the caller finds its note by the marker when it lists again.
    return {
      retry: true,
      after: null,
      otherwise: new GitlabError(0, call, why ?? "the connection failed"),
    };
  }

  const { status, headers } = response;
  const body = parse(text);
  if (response.ok && (isData(body) || init.method === "DELETE"))
    return { done: { status, headers: withNextPage(headers, url), body } };

  const said = response.ok
    ? "something that is not GitLab's JSON; is CI_API_V4_URL right?"
    : messageOf(body, text);

  const error = new GitlabError(status, call, said);

  if (status === 429 || status >= 500)
    return {
      retry: true,
      after: pauseOf(headers, world.now()),
      otherwise: error,
    };

  return { done: error };
}

/** A proxy may drop `Link` or put another host in it: the next page is asked for on our own address, by its number. */
function withNextPage(headers: Headers, url: URL): Record<string, string> {
  const copy = Object.fromEntries(headers.entries());
  const next = headers.get("x-next-page");
  if (copy.link || !next) return copy;

  const target = new URL(url);
  target.searchParams.set("page", next);

  return { ...copy, link: `<${target.href}>; rel="next"` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isData(body: unknown): boolean {
  return typeof body === "object" && body !== null;
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
