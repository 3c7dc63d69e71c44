import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";

/**
 * `reset`: the request never arrives. `lost-answer`: it is carried out, and the answer is cut off. `stall`: nobody
 * answers. `cut`: half of the answer's body arrives. A number: that status instead of an answer.
 */
export type Fault = "reset" | "lost-answer" | "stall" | "cut" | number;

export interface Exchange {
  method: string;
  /** As on the wire, without the query. */
  path: string;
  query: URLSearchParams;
  /** Null where no answer was passed on. */
  status: number | null;
}

export interface FaultProxy {
  endpoint: string;
  exchanges: Exchange[];
  /** The next `times` requests that match meet the fault. */
  fail(
    matches: (exchange: Exchange) => boolean,
    fault: Fault,
    times?: number,
  ): void;
  /** Runs before a matching request is passed on, once. */
  before(
    matches: (exchange: Exchange) => boolean,
    work: () => Promise<void>,
  ): void;
  /** Faults that no request has met. */
  unmet(): number;
  close(): Promise<void>;
}

/** A proxy before a real server that breaks chosen requests. The Host header is passed on: signatures cover it. */
export async function faultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const exchanges: Exchange[] = [];
  const faults: {
    matches: (exchange: Exchange) => boolean;
    fault: Fault;
    times: number;
  }[] = [];
  const visits: {
    matches: (exchange: Exchange) => boolean;
    work: () => Promise<void>;
    times: number;
  }[] = [];
  const take = <
    T extends { matches: (exchange: Exchange) => boolean; times: number },
  >(
    from: T[],
    exchange: Exchange,
  ) => {
    const found = from.find(
      ({ times, matches }) => times > 0 && matches(exchange),
    );
    if (found) found.times--;
    return found;
  };

  const serve = async (
    incoming: IncomingMessage,
    answer: ServerResponse,
  ): Promise<void> => {
    const url = new URL(incoming.url ?? "/", "http://proxy");
    const exchange: Exchange = {
      method: incoming.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      status: null,
    };
    exchanges.push(exchange);
    await take(visits, exchange)?.work();
    const fault = take(faults, exchange)?.fault;
    if (fault === "stall") return;
    if (fault === "reset") {
      incoming.socket.destroy();
      return;
    }
    if (typeof fault === "number") {
      incoming.resume();
      exchange.status = fault;
      answer
        .writeHead(fault, { "content-type": "application/json" })
        .end('{"message":"a fault of the test"}');
      return;
    }
    const { method, url: path, headers } = incoming;
    const outgoing = request(
      { hostname, port, method, path, headers },
      (upstream) => {
        if (fault === "lost-answer") {
          upstream.resume().on("end", () => incoming.socket.destroy());
          return;
        }
        exchange.status = upstream.statusCode ?? null;
        answer.writeHead(upstream.statusCode ?? 502, upstream.headers);
        if (fault === "cut")
          cutShort(
            upstream,
            incoming,
            Number(upstream.headers["content-length"]) / 2,
            answer,
          );
        else upstream.pipe(answer);
      },
    );
    outgoing.on("continue", () => answer.writeContinue());
    outgoing.on("error", () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  };

  const server = createServer(
    (incoming, answer) => void serve(incoming, answer),
  );
  // The real server says when it wants the body.
  server.on(
    "checkContinue",
    (incoming, answer) => void serve(incoming, answer),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    exchanges,
    fail: (matches, fault, times = 1) =>
      void faults.push({ matches, fault, times }),
    before: (matches, work) => void visits.push({ matches, work, times: 1 }),
    unmet: () =>
      [...faults, ...visits].reduce((sum, { times }) => sum + times, 0),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function cutShort(
  upstream: IncomingMessage,
  incoming: IncomingMessage,
  after: number,
  answer: ServerResponse,
): void {
  let sent = 0;
  upstream.on("data", (chunk: Buffer) => {
    sent += chunk.length;
    answer.write(
      chunk.subarray(0, Math.max(0, chunk.length - Math.max(0, sent - after))),
    );
    if (sent >= after) setTimeout(() => incoming.socket.destroy(), 20);
  });
}
