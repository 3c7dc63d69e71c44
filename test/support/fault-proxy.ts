import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `reset`: the request never arrives. `lost-answer`: it is carried out, and the answer is cut off. `stall`: nobody
 * answers. `cut`: half of the answer's body arrives. A number: that status instead of an answer. `flip`: one byte of that
 * body is another one when it arrives, `at` (0 to 1) of its length, by the bits of `mask`. `delay`: the answer is late by
 * so many milliseconds. `refuse`: S3's own word for a refusal, such as `AccessDenied`, with the status 403.
 */
export type Fault =
  | "reset"
  | "lost-answer"
  | "stall"
  | "cut"
  | number
  | Flip
  | { delay: number }
  | { refuse: string };

export interface Flip {
  flip: "answer" | "request";
  /** Which part of the body, 0 to 1; a function: another one each time. */
  at: number | (() => number);
  /** 1 to 255. */
  mask?: number;
}

export interface Exchange {
  method: string;
  /** As on the wire, without the query. */
  path: string;
  query: URLSearchParams;
  /** Null where no answer was passed on. */
  status: number | null;
}

/** lakeFS makes a commit part of the branch `main`. */
export const isMerge = ({ method, path }: Exchange) =>
  method === "POST" && path.endsWith("/merge/main");

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
  /** Drops what is planned, and what was recorded. */
  forget(): void;
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
    if (typeof fault === "object" && "delay" in fault) await sleep(fault.delay);
    if (fault === "stall") return;
    if (fault === "reset") {
      incoming.socket.destroy();
      return;
    }
    const refusal = refusalOf(fault);
    if (refusal) {
      incoming.resume();
      exchange.status = refusal.status;
      answer
        .writeHead(refusal.status, { "content-type": refusal.type })
        .end(refusal.body);
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
        if (flips(fault, "answer"))
          upstream.pipe(flipped(upstream, fault)).pipe(answer);
        else if (fault === "cut")
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
    if (flips(fault, "request"))
      incoming.pipe(flipped(incoming, fault)).pipe(outgoing);
    else incoming.pipe(outgoing);
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
    forget() {
      for (const list of [exchanges, faults, visits]) list.splice(0);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** What is answered instead of the server. */
function refusalOf(fault: Fault | undefined) {
  if (typeof fault === "number")
    return {
      ...{ status: fault, type: "application/json" },
      body: '{"message":"a fault of the test"}',
    };
  if (typeof fault === "object" && "refuse" in fault)
    return {
      ...{ status: 403, type: "application/xml" },
      body: `<Error><Code>${fault.refuse}</Code><Message>by the test</Message></Error>`,
    };

  return null;
}

function flips(fault: Fault | undefined, side: Flip["flip"]): fault is Flip {
  return typeof fault === "object" && "flip" in fault && fault.flip === side;
}

/** Passes a body on with one byte changed: of the first chunk where no length is announced. */
function flipped(
  { headers }: IncomingMessage,
  { at, mask = 0x04 }: Flip,
): Transform {
  const announced = Number(headers["content-length"] ?? 0);
  let passed = 0;
  let wrong = -1;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const copy = Buffer.from(chunk);
      if (passed === 0) {
        const length = announced || copy.length;
        const part = typeof at === "number" ? at : at();
        wrong = Math.min(length - 1, Math.floor(length * part));
      }
      const here = wrong - passed;
      if (here >= 0 && here < copy.length)
        copy.writeUInt8(copy.readUInt8(here) ^ mask, here);
      passed += copy.length;
      done(null, copy);
    },
  });
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
