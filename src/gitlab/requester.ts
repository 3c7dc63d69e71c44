import type { Users } from "@gitbeaker/rest";
import type { Context } from "../context.ts";
import { isLostConnection } from "../network/lost-connection.ts";
import { permanentFailure } from "../network/permanent-failure.ts";
import { retried, type TryAgain } from "../retry.ts";
import { GitlabError, messageOf, withoutToken } from "./gitlab-error.ts";
import { type GitlabPatience, PATIENCE } from "./patience.ts";
import { pauseOf } from "./retry-after.ts";

type World = Pick<Context, "fetch" | "now" | "signal">;
type Resource = NonNullable<ConstructorParameters<typeof Users>[0]>;
type Requester = NonNullable<Resource["requesterFn"]>;

/** gitbeaker's own requester retries for 0.3 s, does not heed Retry-After, and puts the token into its errors. */
export function createRequester(
  world: World,
  token: string,
  patience: GitlabPatience = PATIENCE,
): Requester {
  const deadline = {
    now: world.now,
    at: world.now().getTime() + patience.totalMs,
  };

  return ({ url, authHeaders }) => {
    const send =
      (method: string) =>
      async (endpoint: string, request: RequestOf = {}) => {
        const target = targetOf(url, endpoint, request);
        const call = {
          name: `${method} ${target.pathname}`,
          target,
          init: await initOf(method, authHeaders, request),
        };

        try {
          return await retried(() => exchange(world, call, patience), {
            policy: patience,
            signal: world.signal,
            deadline,
            judge: (error) =>
              error instanceof GitlabError ? error.again : null,
          });
        } catch (error) {
          throw error instanceof GitlabError
            ? withoutToken(error, token, call.name)
            : error;
        }
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

interface Call {
  /** For messages. */
  name: string;
  target: URL;
  init: RequestInit;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

function targetOf(url: string, endpoint: string, request: RequestOf): URL {
  const target = new URL(
    `${url.replace(/\/+$/, "")}/${endpoint}`.replace(/\/+$/, ""),
  );
  for (const [key, value] of Object.entries(request.searchParams ?? {}))
    if (value !== undefined)
      target.searchParams.set(snakeCase(key), String(value));

  return target;
}

async function initOf(
  method: string,
  authHeaders: Record<string, () => Promise<string>>,
  { body }: RequestOf,
): Promise<RequestInit> {
  const headers: Record<string, string> = { accept: "application/json" };
  for (const [name, secret] of Object.entries(authHeaders))
    headers[name] = await secret();

  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body === undefined || method === "GET" || method === "DELETE")
    return init;

  if (body instanceof FormData) {
    const form = new Response(body);
    headers["content-type"] = form.headers.get("content-type") ?? "";
    // As bytes: the same in each try, and for any implementation of fetch.
    return { ...init, body: await form.arrayBuffer() };
  }

  headers["content-type"] = "application/json";

  return { ...init, body: JSON.stringify(body) };
}

/** One try. */
async function exchange(
  world: World,
  { name, target, init }: Call,
  { requestMs }: GitlabPatience,
): Promise<Answer> {
  const signal = AbortSignal.any([
    world.signal,
    AbortSignal.timeout(requestMs),
  ]);

  const { response, text } = await fetchText(
    world.fetch,
    target,
    { ...init, signal },
    (why, again) => {
      world.signal.throwIfAborted();
      const said = why ?? `no answer within ${requestMs / 1000} s`;
      return new GitlabError(0, name, said, again);
    },
  );

  const { status, headers } = response;
  const body = parse(text);
  if (response.ok && (isData(body) || init.method === "DELETE"))
    return { status, headers: withNextPage(headers, target), body };

  const said = response.ok
    ? "something that is not GitLab's JSON; is CI_API_V4_URL right?"
    : (redirectOf(response) ?? messageOf(body, text));

  const again =
    status === 429 || status >= 500
      ? { pauseMs: pauseOf(headers, world.now()) }
      : null;

  throw new GitlabError(status, name, said, again);
}

function redirectOf({ status, headers }: Response): string | null {
  const location = headers.get("location");
  if (status < 300 || status >= 400 || !location) return null;

  const to = URL.canParse(location) ? new URL(location).origin : "elsewhere";

  return `a redirect to ${to}; CI_API_V4_URL must be the final address (GitLab's external_url)`;
}

/** The answer, or the error that `lost` makes of the reason; null where the time was over. */
async function fetchText(
  fetch: World["fetch"],
  target: URL,
  init: RequestInit,
  lost: (why: string | null, again: TryAgain | null) => GitlabError,
): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(target, init);
    return { response, text: await response.text() };
  } catch (error) {
    if (!isLostConnection(error)) throw error;

    const failure = permanentFailure(error);
    if (failure) throw lost(`${failure.says}; ${failure.hint}`, null);

    const { name, cause } = error as {
      name?: string;
      cause?: { code?: string; message?: string };
    };

    throw lost(
      name === "TimeoutError"
        ? null
        : (cause?.code ?? cause?.message ?? "the connection failed"),
      // A lost POST may have arrived; the caller finds its note by the marker when it lists again.
      {},
    );
  }
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
