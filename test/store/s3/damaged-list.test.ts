import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { s3Place } from "../../../src/registry/s3-place.ts";
import { listPage } from "../../../src/store/s3/read-calls.ts";
import { s3StandIn } from "../../support/s3-stand-in.ts";

const signal = new AbortController().signal;

/** A bucket with two objects below `p/`, whose lists become others on their way. */
async function damagedBucket(damages: (list: string) => string) {
  const { objects, env } = await s3StandIn({ damages });
  objects.set("b/p/a b.onnx", Buffer.from("one"));
  objects.set("b/p/c.onnx", Buffer.from("three"));
  const client = new S3Client({
    ...{ endpoint: env.AWS_ENDPOINT_URL_S3 ?? "", region: "us-east-1" },
    ...{ forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  onTestFinished(() => client.destroy());

  return { client, bucket: "b", shown: "http://s3.test" };
}

async function registryList(at: Awaited<ReturnType<typeof damagedBucket>>) {
  const place = s3Place({
    ...{ client: at.client, bucket: at.bucket, prefix: "p/" },
    ...{ url: "s3://b/p", endpoint: at.shown, signal },
    policy: { attempts: 1, pauseMs: 1, longestPauseMs: 1 },
  });
  const found: unknown[] = [];
  for await (const object of place.list("")) found.push(object);

  return found;
}

const DAMAGED: [string, (list: string) => string, RegExp][] = [
  ["a size of letters", (t) => t.replace(">3<", ">3x<"), /no size of p\/a b/],
  ["a negative size", (t) => t.replace(">3<", ">-3<"), /no size of p\/a b/],
  ["a size of a half", (t) => t.replace(">3<", ">3.5<"), /no size of p\/a b/],
  ["no size", (t) => t.replace("<Size>3</Size>", ""), /no size of p\/a b/],
  ["a time of letters", (t) => t.replace("T12:", "x12:"), /not one of S3/],
  [
    "no time",
    (t) => t.replace(/<LastModified>[^<]*<.LastModified>/, ""),
    /no time of p\/a b/,
  ],
  ["no key", (t) => t.replace(/<Key>[^<]*<.Key>/, ""), /has the key ""/],
  ["an empty key", (t) => t.replace("p/a b.onnx", ""), /has the key ""/],
  [
    "a key of another place",
    (t) => t.replace("p/a b", "q/a b"),
    /has the key "q\/a b/,
  ],
  [
    "a key that is encoded wrongly",
    (t) => encoded(t).replace("p/a+b", "p/a%E0%b"),
    /has the key p\/a%E0%b/,
  ],
  [
    "more objects, and nothing that leads there",
    (t) => t.replace(">false<", ">true<"),
    /the list of p\/ breaks off/,
  ],
  [
    "an end within the text",
    (t) => t.slice(0, -40),
    /not one of S3|breaks off/,
  ],
];

/** As a server answers that encodes keys without being asked to. */
function encoded(list: string): string {
  return list
    .replace("<IsTruncated>", "<EncodingType>url</EncodingType>$&")
    .replace("p/a b", "p/a+b");
}

describe("a list of S3", () => {
  test.each(DAMAGED)("with %s is not taken", async (_, damages, says) => {
    const at = await damagedBucket(damages);
    const page = listPage(at, "p/", {}, signal);
    await expect(page).rejects.toThrow(says);
    await expect(registryList(at)).rejects.toMatchObject({
      ...{ exitCode: 3, message: expect.stringMatching(says) },
    });
  });

  test("whose keys are encoded is read, and an object without an ETag too", async () => {
    const at = await damagedBucket((list) =>
      encoded(list).replace(/<ETag>[^<]*<.ETag>/, ""),
    );
    const { objects, next } = await listPage(at, "p/", {}, signal);
    expect(
      objects.map(({ key, size, etag }) => [key, size, etag.length]),
    ).toEqual([
      ["p/a b.onnx", 3, 0],
      ["p/c.onnx", 5, 32],
    ]);
    expect(next).toBeUndefined();
  });

  test("that says its end wrongly goes on where its token leads", async () => {
    const at = await damagedBucket((list) =>
      list.replace(
        "<IsTruncated>false<",
        "<NextContinuationToken>more</NextContinuationToken><IsTruncated>tru<",
      ),
    );
    const first = await listPage(at, "p/", {}, signal);
    expect(first.next).toBe("more");
    const { next } = await listPage(at, "p/", { token: "more" }, signal);
    expect(next).toBeUndefined();
  });
});
