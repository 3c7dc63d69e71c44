import { once } from "node:events";
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from "node:http";
import { createServer as createTls } from "node:https";

/** A server of ours before another one. */
export interface Front {
  port: number;
  /** Requests that arrived, `GET /path`. */
  calls: string[];
  /** Connections that were made, with or without a request. */
  connections(): number;
  close(): Promise<void>;
}

type Tls = { key: Buffer; cert: Buffer };

/** Listens on 127.0.0.1, with TLS where a certificate is given. */
export async function startFront(
  handle: RequestListener,
  tls?: Tls,
): Promise<Front> {
  const calls: string[] = [];
  const listener: RequestListener = (incoming, answer) => {
    calls.push(`${incoming.method} ${incoming.url}`);
    handle(incoming, answer);
  };
  const server = tls ? createTls(tls, listener) : createPlain(listener);
  let connections = 0;
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("no port");
  return {
    port: address.port,
    calls,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Hands a request to another server as it is, but for headers that it shall not see. */
export function passTo(
  target: string,
  without: readonly string[] = [],
): RequestListener {
  const { hostname, port } = new URL(target);
  return (incoming: IncomingMessage, answer: ServerResponse) => {
    const { method, url: path } = incoming;
    const headers = { ...incoming.headers };
    for (const name of without) delete headers[name];
    const outgoing = request(
      { hostname, port, method, path, headers },
      (upstream) => {
        answer.writeHead(upstream.statusCode ?? 502, upstream.headers);
        upstream.pipe(answer);
      },
    );
    outgoing.on("error", () => answer.destroy());
    incoming.pipe(outgoing);
  };
}
