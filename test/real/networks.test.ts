import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { makeNetwork } from "../../src/network/network.ts";
import { nameDraft } from "../../src/store/draft-name.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import type { Store } from "../../src/store/store.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { edgeChange, objectsOf, options } from "../store/harness.ts";
import {
  type Certificates,
  makeCertificates,
} from "../support/certificates.ts";
import { type Front, passTo, startFront } from "../support/fronts.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import {
  hasTinyproxy,
  startTinyproxy,
  type Tinyproxy,
} from "../support/tinyproxy.ts";

const parts = hasTinyproxy() ? await realLakefs() : null;
const MIB = 1 << 20;

describe.skipIf(!parts)("in a company's network", () => {
  const folder = mkdtempSync(join(tmpdir(), "networks-"));
  let certificates: Certificates;
  let server: LakefsServer;
  let secure: Front;
  let proxy: Tinyproxy;
  let repository: string;
  beforeAll(async () => {
    if (!parts) return;
    certificates = makeCertificates(folder);
    server = await startLakefs(parts);
    secure = await startFront(passTo(server.endpoint), certificates);
    proxy = await startTinyproxy(folder, secure.port);
    repository = await server.repository();
  });
  afterAll(async () => {
    await proxy?.stop();
    await secure?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  /** The store as a process with these variables sees it. */
  function storeWith(
    env: Record<string, string>,
    s3Endpoint?: string,
  ): Promise<Store> {
    const environment = readEnvironment({ ...server.env, ...env });
    const { fetch } = makeNetwork(environment.network);
    return lakefsStore(
      storeContext({ environment, fetch }),
      repository,
      { webUrl: null, s3Endpoint: s3Endpoint ?? null },
      { ...TIMING, pauseMs: 20, longestPauseMs: 100, attempts: 6 },
    );
  }

  /** Publishes small, streamed and many-part files, and reads them back. */
  async function expectRoundTrip(store: Store): Promise<void> {
    await store.verify({ transfers: true });
    const base = (await store.head("main")) ?? "";
    const unique = randomBytes(4).toString("hex");
    const ref = { branch: "main", base, owner: "o", now: new Date(), unique };
    const draft = store.draft(nameDraft(ref));
    const { files, source } = await someFiles(unique);
    const names = Object.keys(files);
    const prefix = `edge/${unique} ä+(1)/`;
    const keep = await draft.put(source, names, prefix);
    const outcome = await draft.publish([], () => edgeChange(keep), options);
    expect(outcome.status).toBe("published");
    const snapshot = await store.snapshot("main");
    const target = join(folder, unique, "back");
    await snapshot.download(await objectsOf(snapshot, prefix), target);
    for (const [name, content] of Object.entries(files))
      expect((await readFile(join(target, prefix, name))).equals(content)).toBe(
        true,
      );
    await store.close();
  }

  async function someFiles(unique: string) {
    const { mkdir, writeFile } = await import("node:fs/promises");
    const source = join(folder, unique, "source");
    await mkdir(source, { recursive: true });
    const files: Record<string, Buffer> = {
      "report.html": Buffer.from("<html><title>ours</title></html>"),
      stream: randomBytes(6 * MIB),
      parts: randomBytes(66 * MIB),
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(source, name), content);
    return { source, files };
  }

  test("goes through the proxy for http, which need not allow a tunnel", async () => {
    proxy.forget();
    await expectRoundTrip(await storeWith({ HTTP_PROXY: proxy.url }));
    const seen = proxy.seen();
    expect(seen.filter((line) => line.includes("/api/v1/"))).not.toEqual([]);
    expect(seen.filter((line) => line.startsWith("PUT "))).not.toEqual([]);
    expect(seen.filter((line) => line.startsWith("CONNECT "))).toEqual([]);
  });

  test("goes past the proxy to what NO_PROXY names", async () => {
    proxy.forget();
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.0/8" };
    await expectRoundTrip(await storeWith(env));
    expect(proxy.seen()).toEqual([]);
  });

  test("goes through a tunnel to a server with the company's own certificate", async () => {
    proxy.forget();
    await expectRoundTrip(
      await storeWith({
        https_proxy: proxy.url,
        LAKECTL_SERVER_ENDPOINT_URL: `https://localhost:${secure.port}`,
        MODEL_TO_EDGE_CA_FILE: certificates.ca,
      }),
    );
    expect(new Set(proxy.seen())).toEqual(
      new Set([`CONNECT localhost:${secure.port} HTTP/1.1`]),
    );
  });

  test.each(["MODEL_TO_EDGE_CA_FILE", "CI_SERVER_TLS_CA_FILE"])(
    "trusts the authority of %s without a proxy",
    async (variable) => {
      await expectRoundTrip(
        await storeWith({
          LAKECTL_SERVER_ENDPOINT_URL: `https://localhost:${secure.port}`,
          [variable]: certificates.ca,
        }),
      );
    },
  );

  test("says at once what to do about an unknown authority", async () => {
    secure.calls.length = 0;
    const store = await storeWith({
      LAKECTL_SERVER_ENDPOINT_URL: `https://localhost:${secure.port}`,
    });
    const before = secure.connections();
    await expect(store.verify()).rejects.toMatchObject({
      exitCode: 2,
      code: "certificate",
      hint: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
    expect(secure.connections() - before).toBe(1);
  });

  test("says so of the S3 side too, which may have an address of its own", async () => {
    const store = await storeWith({}, `https://localhost:${secure.port}`);
    await store.verify();
    await expect(store.verify({ transfers: true })).rejects.toMatchObject({
      exitCode: 2,
      code: "certificate",
      message: expect.stringContaining(`(https://localhost:${secure.port})`),
    });
    await store.close();
    const ca = { MODEL_TO_EDGE_CA_FILE: certificates.ca };
    secure.calls.length = 0;
    await expectRoundTrip(
      await storeWith(ca, `https://localhost:${secure.port}`),
    );
    expect(secure.calls.some((call) => call.startsWith("PUT "))).toBe(true);
    expect(secure.calls.some((call) => call.includes("/api/v1"))).toBe(false);
  });

  test("logs in at a proxy, and says so where it must", async () => {
    const strict = await startTinyproxy(folder, secure.port, "me:secret");
    await expectRoundTrip(await storeWith({ HTTP_PROXY: strict.url }));
    const unnamed = strict.url.replace("me:secret@", "");
    const tls = {
      LAKECTL_SERVER_ENDPOINT_URL: `https://localhost:${secure.port}`,
      MODEL_TO_EDGE_CA_FILE: certificates.ca,
    };
    for (const env of [
      { HTTP_PROXY: unnamed },
      { HTTPS_PROXY: unnamed, ...tls },
    ]) {
      const store = await storeWith(env);
      await expect(store.verify()).rejects.toMatchObject({
        exitCode: 2,
        code: "proxy",
      });
    }
    await strict.stop();
  });

  test("hears a refusal although the body of a large upload is under way", async () => {
    const strict = await server.repository();
    await server.call(
      "PUT",
      `/repositories/${strict}/settings/branch_protection`,
      [{ pattern: "mte-*" }],
    );
    const environment = readEnvironment({
      ...server.env,
      HTTP_PROXY: proxy.url,
    });
    const { fetch } = makeNetwork(environment.network);
    const ctx = storeContext({ environment, fetch });
    const store = await lakefsStore(ctx, strict, { webUrl: null });
    const { source } = await someFiles("protected");
    await expect
      .poll(
        async () => {
          const unique = randomBytes(4).toString("hex");
          const base = (await store.head("main")) ?? "";
          const now = new Date();
          const ref = { branch: "main", base, owner: "o", now, unique };
          const draft = store.draft(nameDraft(ref));
          return draft.put(source, ["parts", "stream"], "edge/").then(
            () => null,
            (error: { code: string }) => error.code,
          );
        },
        { timeout: 60_000, interval: 300 },
      )
      .toBe("protected");
    await store.close();
  });
});
