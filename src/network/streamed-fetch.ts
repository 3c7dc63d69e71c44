import { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/** What `fetch` is asked with a file as its body: a Node stream, as `createReadStream` makes it. */
export function streamOf(init: RequestInit | undefined): Readable | null {
  const body: unknown = init?.body;
  return body instanceof Readable ? body : null;
}

/**
 * A `fetch` whose body is a stream, with the same answers and errors; it never follows a redirect. `fetch` itself holds the
 * whole body in memory where the network is slower than the disk. `dispatcher`: null for a direct way.
 */
export async function streamedFetch(
  url: URL,
  init: RequestInit,
  body: Readable,
  dispatcher: Dispatcher | null,
): Promise<Response> {
  const { requestBy } = await import("./undici-way.ts");
  try {
    const answer = await requestBy(url, {
      method: (init.method ?? "PUT") as Dispatcher.HttpMethod,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...{ body, signal: init.signal ?? null },
      ...(dispatcher && { dispatcher }),
    });
    const text = await answer.body.text();
    const response = new Response(text === "" ? null : text, {
      status: answer.statusCode,
      headers: headersOf(answer.headers),
    });

    return Object.defineProperty(response, "url", { value: url.href });
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new TypeError("fetch failed", { cause: error });
  } finally {
    body.destroy();
  }
}

function headersOf(headers: Dispatcher.ResponseData["headers"]): Headers {
  const own = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of [value].flat())
      if (each !== undefined) own.append(name, each);

  return own;
}
