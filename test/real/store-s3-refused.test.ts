import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
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

describe.skipIf(!hasS3("moto"))("a store in S3", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  /** The same store by another address, which answers each request in its own way. */
  async function through(
    answer: (headers: IncomingHttpHeaders) => Answer | null,
    variables: Record<string, string> = {},
  ) {
    const front = await startFront(answering(s3.server.endpoint, answer));
    onTestFinished(() => front.close());

    return storeAt(`http://127.0.0.1:${front.port}`, variables, QUICK);
  }

  async function storeAt(endpoint: string, variables = {}, timing = {}) {
    const store = await s3StoreAt(
      at.store.url,
      { ...s3.server.env, AWS_ENDPOINT_URL_S3: endpoint, ...variables },
      timing,
    );
    onTestFinished(() => store.close());

    return store;
  }

  test("says that the bucket does not exist, and how it is made", async () => {
    const store = await s3StoreAt("s3://no-such-bucket/team", s3.server.env);
    onTestFinished(() => store.close());
    await expect(store.verify()).rejects.toMatchObject({
      ...{ exitCode: 2, code: "store-missing" },
      hint: expect.stringContaining("aws s3 mb"),
    });
  });

  test.each([
    [403, "AccessDenied", 2, "store-refused", "s3:PutObject"],
    [403, "SignatureDoesNotMatch", 2, "credentials-wrong", "AWS_SECRET"],
    [400, "ExpiredToken", 2, "credentials-wrong", "AWS_SESSION_TOKEN"],
    // Its keys were sent, and not taken: other than none at all.
    [401, "Unauthorized", 2, "credentials-wrong", "AWS_SECRET"],
    [301, "PermanentRedirect", 2, "store-region", "AWS_REGION"],
    [400, "AuthorizationHeaderMalformed", 2, "store-region", "AWS_REGION"],
    [403, "RequestTimeTooSkewed", 3, "clock-wrong", "clock"],
    [400, "InvalidRequest", 2, "store-refused", "server's own log"],
    [503, "SlowDown", 3, "store-failed", "run again later"],
    [507, "XMinioStorageFull", 3, "store-failed", "disk of the S3 server"],
    [403, "QuotaExceeded", 3, "store-failed", "quota"],
  ])("%s %s: exit %s, %s", async (status, name, exitCode, code, hint) => {
    const store = await through(() => ({ status, name }));
    await expect(store.verify()).rejects.toMatchObject({
      ...{ exitCode, code, hint: expect.stringContaining(hint) },
    });
    const { ref } = await at.newDraft();
    await expect(store.draft(ref).rehearse()).rejects.toMatchObject({ code });
  });

  test("finds before a conversion that a rule of the bucket denies conditional writes", async () => {
    const store = await through((headers) =>
      isConditional(headers) ? { status: 403, name: "AccessDenied" } : null,
    );
    const { ref } = await at.newDraft();
    await expect(store.draft(ref).rehearse()).rejects.toMatchObject({
      ...{ exitCode: 2, code: "store-unconditional" },
      hint: expect.stringContaining("MODEL_TO_EDGE_SINGLE_WRITER"),
    });
    await expect(store.verify({ transfers: true })).rejects.toMatchObject({
      code: "store-unconditional",
    });
    await store.verify();
  });

  test.each([
    ["knows no conditions", () => ({ status: 501, name: "NotImplemented" })],
    ["ignores conditions", () => "unconditional" as const],
  ])(
    "refuses a server that %s, unless nobody else writes",
    async (_, answer) => {
      const rule = (headers: IncomingHttpHeaders) =>
        isConditional(headers) ? answer() : null;
      const { ref } = await at.newDraft();
      const strict = await through(rule);
      await expect(strict.draft(ref).rehearse()).rejects.toMatchObject({
        ...{ exitCode: 2, code: "store-unconditional" },
      });

      const single = await through(rule, {
        MODEL_TO_EDGE_SINGLE_WRITER: "true",
      });
      const draft = single.draft(ref);
      await draft.rehearse();
      const keep = await draft.put(
        await at.folder({ m: "1" }),
        ["m"],
        "edge/a/",
      );
      const outcome = await draft.publish(
        [],
        () => ({ keep, remove: [], write: new Map() }),
        { message: "", metadata: {} },
      );
      expect(outcome.status).toBe("published");
      expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe(
        "1",
      );
    },
  );

  test("a server that does not answer is exit 3, and names the variable", async () => {
    const store = await storeAt("http://127.0.0.1:9", {}, QUICK);
    await expect(store.verify()).rejects.toMatchObject({
      ...{ exitCode: 3, code: "store-unreachable" },
      hint: expect.stringContaining("AWS_ENDPOINT_URL_S3"),
    });
  });
});

/** A status and a word of S3; or the server's own answer to the same request without its conditions. */
type Answer = { status: number; name: string } | "unconditional";

const CONDITIONS = ["if-none-match", "if-match"];

function answering(
  target: string,
  answerTo: (headers: IncomingHttpHeaders) => Answer | null,
): RequestListener {
  return (incoming, answer) => {
    const own = answerTo(incoming.headers);
    if (own === null || own === "unconditional") {
      passTo(target, own ? CONDITIONS : [])(incoming, answer);
      return;
    }

    incoming.resume();
    answer
      .writeHead(own.status, { "content-type": "application/xml" })
      .end(
        `<?xml version="1.0"?><Error><Code>${own.name}</Code><Message>said the test</Message></Error>`,
      );
  };
}

function isConditional(headers: IncomingHttpHeaders): boolean {
  return CONDITIONS.some((name) => headers[name] !== undefined);
}
