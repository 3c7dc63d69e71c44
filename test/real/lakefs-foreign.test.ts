import type { RequestListener } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { type Front, passTo, startFront } from "../support/fronts.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";

const parts = await realLakefs();

const page =
  (status: number, title: string): RequestListener =>
  (_request, answer) => {
    answer.writeHead(status, { "content-type": "text/html; charset=utf-8" });
    answer.end(`<!doctype html><html><title>${title}</title></html>`);
  };
const redirect: RequestListener = ({ url }, answer) => {
  answer.writeHead(308, { location: `https://lakefs.corp${url}` });
  answer.end();
};
const defaultBackend: RequestListener = (request, answer) => {
  request.resume();
  answer.writeHead(404, { "content-type": "text/plain" });
  answer.end("default backend - 404");
};

describe.skipIf(!parts)("something that answers in lakeFS's place", () => {
  let server: LakefsServer;
  let repository: string;
  beforeAll(async () => {
    if (!parts) return;
    server = await startLakefs(parts);
    repository = await server.repository();
  });
  afterAll(() => server?.stop());

  /** What verifying says, and how many requests it took. */
  async function verified(listener: RequestListener) {
    const front: Front = await startFront(listener);
    const environment = readEnvironment({
      ...server.env,
      LAKECTL_SERVER_ENDPOINT_URL: `http://127.0.0.1:${front.port}`,
    });
    const store = await lakefsStore(
      storeContext({ environment }),
      repository,
      { webUrl: null },
      { ...TIMING, attempts: 4, pauseMs: 10, longestPauseMs: 20 },
    );
    const error: unknown = await store
      .verify({ transfers: true })
      .catch((caught) => caught);
    await store.close();
    await front.close();
    return { error, calls: front.calls.length };
  }

  /** REST goes through, S3 meets the listener. */
  const onS3 =
    (listener: RequestListener): RequestListener =>
    (request, answer) =>
      request.url?.startsWith("/api/v1")
        ? passTo(server.endpoint)(request, answer)
        : listener(request, answer);

  test.each([
    [
      "a redirect",
      redirect,
      "redirect",
      /redirects to https:\/\/lakefs\.corp$/,
    ],
    ["a login page", page(200, "Sign in"), "not-lakefs", /titled “Sign in”/],
    ["a firewall", page(403, "Blocked"), "not-lakefs", /403 with a web page/],
  ])("%s is named at once, and not asked again", async (...row) => {
    const [, listener, code, message] = row;
    const { error, calls } = await verified(listener);
    expect(error).toMatchObject({
      exitCode: 2,
      code,
      message: expect.stringMatching(message),
      hint: expect.stringContaining("LAKECTL_SERVER_ENDPOINT_URL"),
    });
    expect(calls).toBe(1);
  });

  test("an ingress whose server is away is asked again, and named in the end", async () => {
    const { error, calls } = await verified(page(503, "503 Unavailable"));
    expect(error).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("a web page titled “503 Unavailable”"),
    });
    expect(calls).toBe(4);
  });

  test.each([
    ["the web pages", page(200, "lakeFS"), "not-lakefs"],
    ["an ingress that knows no such host", defaultBackend, "not-lakefs"],
    ["a redirect", redirect, "redirect"],
  ])("on the S3 side %s are named, with the setting", async (...row) => {
    const [, listener, code] = row;
    const { error, calls } = await verified(onS3(listener));
    expect(error).toMatchObject({
      exitCode: 2,
      code,
      message: expect.stringContaining("its S3 gateway (http://127.0.0.1"),
      hint: expect.stringMatching(/s3-endpoint|LAKECTL_SERVER_ENDPOINT_URL/),
    });
    expect(calls).toBe(2);
  });

  test("lakeFS itself is what it is, also where the repository is missing", async () => {
    const { error } = await verified(passTo(server.endpoint));
    expect(error).toBeUndefined();
    const there = repository;
    repository = "no-such-repository";
    const { error: missing } = await verified(passTo(server.endpoint));
    repository = there;
    expect(missing).toMatchObject({ exitCode: 2, code: "store-missing" });
  });
});
