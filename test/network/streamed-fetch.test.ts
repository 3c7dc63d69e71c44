import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { isLostConnection } from "../../src/network/lost-connection.ts";
import { makeNetwork } from "../../src/network/network.ts";

/** Sends a small file to a server that answers as told. */
async function setUp(answer: (got: string) => [number, string, object]) {
  const folder = mkdtempSync(join(tmpdir(), "streamed-fetch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file"), "bytes of a file");
  const server = createServer(async (request, response) => {
    let got = "";
    for await (const chunk of request) got += chunk;
    const [status, body, headers] = answer(got);
    if (status === 0) request.socket.destroy();
    else response.writeHead(status, { ...headers }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const network = makeNetwork(readEnvironment({}).network);

  return (signal?: AbortSignal) =>
    network.fetch(`http://127.0.0.1:${port}/x`, {
      ...{ method: "PUT", body: createReadStream(join(folder, "file")) },
      ...{ duplex: "half", redirect: "manual", signal: signal ?? null },
    } as unknown as RequestInit);
}

test("a file is sent, and the answer is that of fetch", async () => {
  const send = await setUp((got) => [201, got, { "x-own": "a" }]);
  const response = await send();

  expect(response).toMatchObject({ ok: true, status: 201 });
  expect(response.headers.get("x-own")).toBe("a");
  expect(response.url).toMatch(/\/x$/);
  expect(await response.text()).toBe("bytes of a file");
});

test("a redirect is not followed, an empty answer is none", async () => {
  const moved = await setUp(() => [307, "", { location: "http://other/" }]);
  const response = await moved();
  expect(response.headers.get("location")).toBe("http://other/");
  expect(response.status).toBe(307);

  const empty = await setUp(() => [204, "", {}]);
  expect(await (await empty()).text()).toBe("");
});

test("a lost connection is one, and what stopped it is thrown", async () => {
  const send = await setUp(() => [0, "", {}]);

  const error = await send().catch((thrown) => thrown);
  expect(isLostConnection(error)).toBe(true);

  const reason = new Error("called off");
  await expect(send(AbortSignal.abort(reason))).rejects.toBe(reason);
});
