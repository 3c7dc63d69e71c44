import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { Readable } from "node:stream";
import type { Network } from "../../network/network.ts";
import type { Timing } from "./timing.ts";

export interface HttpRequest {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** As on the wire, with the query. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | Readable | null;
}

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  /** To be read or destroyed. */
  body: Readable;
}

/** Requests to one server, over connections that are kept. */
export interface HttpSender {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/** A server that is slow to ask for a body gets it. Milliseconds. */
const UNASKED_MS = 1_000;
const MOST_SOCKETS = 32;

/**
 * Node's own HTTP, or undici where a proxy stands before the server. `send` throws what the connection throws, in words
 * that hold no header.
 */
export async function httpSender(
  network: Network,
  endpoint: string,
  timing: Timing,
): Promise<HttpSender> {
  const url = new URL(endpoint);
  const dispatcher = await network.proxied(url);
  if (dispatcher) {
    const { requestBy } = await import("../../network/undici-way.ts");
    return {
      async send({ method, path, headers, body }, signal) {
        const answer = await requestBy(url.origin + path, {
          ...{ method, headers, body, dispatcher, signal },
        });
        return {
          statusCode: answer.statusCode,
          headers: flat(answer.headers),
          body: answer.body,
        };
      },
      // The network's dispatchers are shared, and end with the process.
      close() {},
    };
  }

  const ca = await network.authorities();
  const isTls = url.protocol === "https:";
  const http = isTls ? await import("node:https") : await import("node:http");
  const agent: Agent = new http.Agent({
    ...{ keepAlive: true, maxSockets: MOST_SOCKETS },
    ...(ca && { ca }),
  });
  const server: RequestOptions = {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    agent,
  };
  const connectMs = Math.min(10_000, timing.idleMs);

  return {
    send: ({ body, ...request }, signal) =>
      exchange(
        http.request({ ...server, ...request, signal }),
        body,
        connectMs,
      ),
    close: () => agent.destroy(),
  };
}

/** Sends the body and waits for the beginning of the answer. A stream is only sent when the server asks for it. */
function exchange(
  request: ClientRequest,
  body: Uint8Array | Readable | null,
  connectMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    endWhereUnconnected(request, connectMs);
    request.on("error", reject);
    request.once("response", (answer: IncomingMessage) => {
      // It refuses without the body: the connection cannot be used again.
      if (!request.writableEnded) answer.once("close", () => request.destroy());

      resolve({
        statusCode: answer.statusCode ?? 0,
        headers: flat(answer.headers),
        body: answer,
      });
    });

    if (!(body instanceof Readable)) {
      request.end(body ?? undefined);
      return;
    }

    request.setHeader("expect", "100-continue");
    body.once("error", (error) => request.destroy(error));
    const unasked = setTimeout(begin, UNASKED_MS);
    const forget = () => clearTimeout(unasked);
    let begun = false;
    function begin() {
      forget();
      if (begun || request.destroyed) return;
      begun = true;
      (body as Readable).pipe(request);
    }

    request.once("continue", begin);
    for (const end of ["response", "error", "close"]) request.once(end, forget);
    request.flushHeaders();
  });
}

/** A host that does not take the connection is given up sooner than one that does not answer. */
function endWhereUnconnected(request: ClientRequest, ms: number): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;

    const timer = setTimeout(
      () => request.destroy(new Error(`no connection after ${ms} ms`)),
      ms,
    );
    const forget = () => clearTimeout(timer);
    socket.once("connect", forget);
    request.once("close", forget);
  });
}

function flat(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      [value ?? ""].flat().join(", "),
    ]),
  );
}
