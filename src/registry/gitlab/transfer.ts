import { createReadStream } from "node:fs";
import type { Context } from "../../context.ts";
import { objectIn } from "../../document/json-object.ts";
import { GitlabError, messageOf } from "../../gitlab/gitlab-error.ts";
import { pauseOf } from "../../gitlab/retry-after.ts";
import { isLostConnection } from "../../network/lost-connection.ts";
import { permanentFailure } from "../../network/permanent-failure.ts";
import type { ObjectSource } from "../object-place.ts";

export type World = Pick<Context, "fetch" | "now" | "signal">;

/** One try of a request for a package file's bytes. `name`: `PUT packages/…`, for messages. */
export interface Transfer {
  name: string;
  url: URL;
  init: RequestInit;
  limitMs: number;
}

/** The answer of 2xx. Throws `GitlabError` for any other, and for none. */
export async function exchange(
  world: World,
  { name, url, init, limitMs }: Transfer,
): Promise<Response> {
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(limitMs)]);
  const request = { ...init, signal, redirect: "manual" } as const;
  const answer = await heard(world, { name, limitMs }, () =>
    world.fetch(url, request),
  );
  const response = await followed(world, answer, { name, limitMs, signal });
  if (response.ok) return response;

  const { status, headers } = response;
  const text = await heard(world, { name, limitMs }, () => response.text());
  const again =
    status === 429 || status >= 500
      ? { pauseMs: pauseOf(headers, world.now()) }
      : null;
  throw new GitlabError(status, name, messageOf(objectIn(text), text), again);
}

/** The token goes to GitLab alone: where it keeps files in an object store, it answers with an address that needs none. */
async function followed(
  world: World,
  response: Response,
  { name, limitMs, signal }: Omit<Transfer, "url" | "init"> & Signalled,
): Promise<Response> {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status >= 400) return response;
  if (!location || !/^https?:/.test(new URL(location, response.url).href))
    throw new GitlabError(response.status, name, "a redirect to nowhere");

  await response.body?.cancel();
  const to = new URL(location, response.url);
  return heard(world, { name, limitMs }, () => world.fetch(to, { signal }));
}

interface Signalled {
  signal: AbortSignal;
}

/** Runs a part of a request; a lost connection becomes a `GitlabError`. */
export async function heard<T>(
  world: World,
  { name, limitMs }: Pick<Transfer, "name" | "limitMs">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    world.signal.throwIfAborted();
    if (!isLostConnection(error)) throw error;

    const failure = permanentFailure(error);
    if (failure)
      throw new GitlabError(0, name, `${failure.says}; ${failure.hint}`);

    const { name: kind, cause } = error as Error & {
      cause?: { code?: string; message?: string };
    };
    const said =
      kind === "TimeoutError"
        ? `no answer within ${limitMs / 1000} s`
        : (cause?.code ?? cause?.message ?? "the connection failed");
    throw new GitlabError(0, name, said, {});
  }
}

/** A body of its own for each try, as a stream can be read once. */
export function uploadInit(
  source: ObjectSource,
  { header, text }: { header: string; text: string },
): RequestInit {
  const headers = {
    [header]: text,
    "content-type": "application/octet-stream",
  };
  if ("bytes" in source)
    return { method: "PUT", headers, body: Buffer.from(source.bytes) };

  return {
    method: "PUT",
    headers: { ...headers, "content-length": String(source.size) },
    body: createReadStream(source.file),
    duplex: "half",
  } as unknown as RequestInit;
}
