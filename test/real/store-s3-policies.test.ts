import type { RequestListener } from "node:http";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { makeNetwork } from "../../src/network/network.ts";
import { s3Address, s3Connection } from "../../src/store/s3/connection.ts";
import type { Store } from "../../src/store/store.ts";
import { objectsOf, type StoreHarness, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { passTo, startFront } from "../support/fronts.ts";
import { hasS3 } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const QUICK = {
  ...{ attempts: 3, pauseMs: 5, longestPauseMs: 20, idleMs: 10_000 },
  ...{ patienceMs: 1_000, brokenMs: 300 },
};
const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

type At = StoreHarness<S3UnderTest>;
type Doing = (store: Store, at: At) => Promise<unknown>;

const head: Doing = (store) => store.head("main");

const rehearse: Doing = async (store, at) =>
  store.draft((await at.newDraft()).ref).rehearse();

const download: Doing = async (store, at) => {
  const snapshot = await store.snapshot("main");
  await snapshot.download(await objectsOf(snapshot, "model/"), at.place());
};

const publish: Doing = async (store, at) => {
  const draft = store.draft((await at.newDraft()).ref);
  const folder = await at.folder({ m: "1" });
  const keep = await draft.put(folder, ["m"], "edge/a/");
  const change = { keep, remove: [], write: new Map() };
  await draft.publish([], () => change, { message: "", metadata: {} });
  await draft.discard();
};

describe.skipIf(!hasS3("moto"))("a bucket with a policy", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  /** The store behind a front that answers in its own way where it wants to; a list names what it lists in its query. */
  async function behind(
    answer: (method: string, key: string, headers: object) => string | null,
  ) {
    const front = await startFront((incoming, outgoing) => {
      const { pathname, searchParams } = new URL(
        incoming.url ?? "/",
        "http://front",
      );
      const isList = searchParams.has("list-type");
      const whole = isList
        ? (searchParams.get("prefix") ?? "")
        : decodeURIComponent(pathname.split("/").slice(2).join("/"));
      const key = whole.slice(at.under.prefix.length);
      const word = isList ? "LIST" : (incoming.method ?? "");
      const code = answer(word, key, incoming.headers);
      if (code === null) return passTo(s3.server.endpoint)(incoming, outgoing);

      incoming.resume();
      outgoing
        .writeHead(403, { "content-type": "application/xml" })
        .end(
          `<Error><Code>${code}</Code><Message>by the test</Message></Error>`,
        );
    });
    onTestFinished(() => front.close());
    const store = await s3StoreAt(
      at.store.url,
      {
        ...s3.server.env,
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${front.port}`,
      },
      QUICK,
    );
    onTestFinished(() => store.close());

    return store;
  }

  test.each<[method: string, below: string, right: string, doing: Doing]>([
    ["LIST", "main/", "s3:ListBucket", head],
    ["LIST", ".model-to-edge/drafts/", "s3:ListBucket", publish],
    ["GET", ".model-to-edge/", "s3:GetObject", head],
    ["GET", "main/model/", "s3:GetObject", download],
    ["PUT", ".model-to-edge/", "s3:PutObject", rehearse],
    ["PUT", ".model-to-edge/objects/", "s3:PutObject", publish],
    ["PUT", ".model-to-edge/branches/", "s3:PutObject", publish],
    ["DELETE", ".model-to-edge/drafts/", "s3:DeleteObject", publish],
  ])(
    "that denies %s below %s: the right and the key are named",
    async (denied, below, right, doing) => {
      const store = await behind((method, key) =>
        method === denied && key.startsWith(below) ? "AccessDenied" : null,
      );
      await expect(doing(store, at)).rejects.toMatchObject({
        ...{ exitCode: 2, code: "store-refused" },
        message: expect.stringContaining(
          `\`${right}\` on \`${at.under.prefix}${below}`,
        ),
        hint: expect.stringContaining(right),
      });
    },
  );

  test("a right to remove that is missing fails no publication that stands", async () => {
    const store = await behind((method, key) =>
      method === "DELETE" && key.startsWith(".model-to-edge/holds/")
        ? "AccessDenied"
        : null,
    );
    await publish(store, at);
    const shown = await at.store.snapshot("main");
    expect(await objectsOf(shown, "edge/")).toHaveLength(1);
  });

  test("a listing that breaks off, or begins again, is never taken for the whole", async () => {
    const front = await startFront(
      fixed(
        200,
        "application/xml",
        `<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>
        <Contents><Key>${at.under.prefix}main/model/a</Key><Size>1</Size></Contents></ListBucketResult>`,
      ),
    );
    onTestFinished(() => front.close());
    const store = await storeBehind(front.port);
    await expect(store.head("main")).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe("an address that is not one of S3", () => {
  const PAGE = "<!DOCTYPE html><html><body><p>Sign in</p></body></html>";

  test.each([
    [200, {}],
    [302, { location: "https://login.example.com/" }],
    [401, {}],
    [403, {}],
    [404, {}],
    [405, {}],
  ])("a web page with status %s is named as such", async (status, headers) => {
    Object.assign(process.env, KEYS);
    const front = await startFront(fixed(status, "text/html", PAGE, headers));
    onTestFinished(() => front.close());
    const store = await storeBehind(front.port);
    await expect(store.verify()).rejects.toMatchObject({
      ...{ exitCode: 2, code: "not-s3" },
      message: expect.stringContaining(`127.0.0.1:${front.port}`),
      hint: expect.stringContaining("AWS_ENDPOINT_URL_S3"),
    });
  });

  test("a bucket whose name has dots keeps it out of the host name, which no certificate of Amazon covers", async () => {
    Object.assign(process.env, KEYS);
    const address = s3Address({ named: () => null });
    const client = await s3Connection(
      address,
      makeNetwork(readEnvironment({}).network),
    );
    onTestFinished(() => client.destroy());
    let host = "";
    client.middlewareStack.add(
      () => async (wish) => {
        host = (wish.request as { hostname: string }).hostname;
        throw new Error("seen");
      },
      { step: "build", priority: "low" },
    );
    const command = new ListObjectsV2Command({ Bucket: "my.models.example" });
    await expect(client.send(command)).rejects.toThrow("seen");
    expect(host).toBe("s3.us-east-1.amazonaws.com");
  });
});

function storeBehind(port: number) {
  const address = `http://127.0.0.1:${port}`;
  return s3StoreAt(
    "s3://models/team",
    { ...KEYS, AWS_ENDPOINT_URL_S3: address },
    QUICK,
  );
}

function fixed(
  status: number,
  type: string,
  text: string,
  headers = {},
): RequestListener {
  return (incoming, answer) => {
    incoming.resume();
    answer.writeHead(status, { "content-type": type, ...headers }).end(text);
  };
}
