import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { readEnvironment } from "../../../src/environment.ts";
import { makeNetwork } from "../../../src/network/network.ts";
import {
  type HttpRequest,
  httpSender,
} from "../../../src/store/transfer/http-send.ts";
import { TIMING } from "../../../src/store/transfer/timing.ts";

type Answering = (incoming: IncomingMessage, answer: ServerResponse) => void;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A sender to a server of its own; `asked` answers requests that wait to be asked for their body. */
async function senderTo(asked: Answering | null, plain: Answering = echo) {
  const server = createServer(plain);
  if (asked) server.on("checkContinue", asked);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { network } = readEnvironment({});
  const url = `http://127.0.0.1:${port}`;
  const sender = await httpSender(makeNetwork(network), url, TIMING);
  ends.push(async () => {
    sender.close();
    server.closeAllConnections();
    server.close();
  });

  return sender;
}

function echo(incoming: IncomingMessage, answer: ServerResponse) {
  text(incoming).then(
    (body) => answer.end(`${incoming.method} ${body}`),
    // The sender ended the request.
    () => answer.destroy(),
  );
}

const never = new AbortController().signal;
const put = (body: Readable | Uint8Array, size: number): HttpRequest => ({
  method: "PUT",
  path: "/a",
  headers: { "content-length": String(size) },
  body,
});

test("bytes and streams arrive, over kept connections", async () => {
  const ports = new Set<number | undefined>();
  const { send } = await senderTo(null, (incoming, answer) => {
    ports.add(incoming.socket.remotePort);
    echo(incoming, answer);
  });
  const bodies = [Buffer.from("bytes"), Readable.from([Buffer.from("a"), "b"])];
  const sizes = [5, 2];
  const said: string[] = [];
  for (const [index, body] of bodies.entries())
    said.push(
      await text((await send(put(body, sizes[index] ?? 0), never)).body),
    );
  expect(said).toEqual(["PUT bytes", "PUT ab"]);
  expect(ports.size).toBe(1);
});

test("a refusal is heard before the body of a stream is sent", async () => {
  const { send } = await senderTo((_incoming, answer) => {
    answer.writeHead(403).end("no");
  });
  let read = 0;
  const body = new Readable({
    read() {
      read++;
      this.push(Buffer.alloc(65_536));
    },
  });
  const answer = await send(put(body, 1 << 30), never);
  expect(answer.statusCode).toBe(403);
  expect(await text(answer.body)).toBe("no");
  expect(read).toBe(0);
});

test("a server that never asks for the body gets it", async () => {
  const { send } = await senderTo(echo);
  const body = Readable.from([Buffer.from("late")]);
  const { body: said } = await send(put(body, 4), never);
  expect(await text(said)).toBe("PUT late");
});

test("a body that cannot be read ends the request with its error", async () => {
  const { send } = await senderTo(null);
  const body = new Readable({
    read() {
      this.destroy(Object.assign(new Error("disk"), { code: "EIO" }));
    },
  });
  await expect(send(put(body, 4), never)).rejects.toMatchObject({
    code: "EIO",
  });
});

test("an abort ends a request and an answer under way", async () => {
  const { send } = await senderTo(null, (incoming, answer) => {
    if (incoming.url === "/a") return;
    answer.writeHead(200, { "content-length": "10" }).write("half");
  });
  const waiting = new AbortController();
  const request = send(put(Buffer.from("x"), 1), waiting.signal);
  waiting.abort();
  await expect(request).rejects.toMatchObject({ code: "ABORT_ERR" });

  const reading = new AbortController();
  const get = { method: "GET", path: "/b", headers: {}, body: null } as const;
  const { body } = await send(get, reading.signal);
  setTimeout(() => reading.abort(), 50);
  await expect(text(body)).rejects.toThrow();
});
