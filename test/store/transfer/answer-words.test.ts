import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toldSafely } from "../../../src/store/lakefs/s3-errors.ts";
import { s3Failure } from "../../../src/store/s3/failure.ts";
import { answerWords } from "../../../src/store/transfer/answer-words.ts";
import { NoAnswer } from "../../../src/store/transfer/errors.ts";

let server: Server;
let client: S3Client;
let answer = { status: 200, body: "" };
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1" },
    ...{ forcePathStyle: true, maxAttempts: 1 },
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});

const WORDS =
  "<Error><Code>SlowDown</Code><Message>less, please</Message></Error>";
const at = { Bucket: "b", Key: "k" };

test.each([
  ["S3's own words", 503, WORDS, "SlowDown: less, please"],
  ["no body", 503, "", "HTTP 503: Service Unavailable"],
  ["a page of a proxy", 502, "<html>no</html>", "HTTP 502: Bad Gateway"],
  ["JSON", 500, '{"a":1}', "HTTP 500: an answer that is not one of S3"],
  [
    "a damaged text",
    403,
    "<Error><Code",
    "HTTP 403: an answer that is not one of S3",
  ],
])("an answer with %s is called by it", async (_, status, body, expected) => {
  answer = { status, body };
  const words = await client.send(new GetObjectCommand(at)).then(
    () => null,
    (error: Error) => answerWords(error),
  );
  expect(`${words?.name}: ${words?.message}`).toBe(expected);
});

test("of HEAD, which has no body, the status", async () => {
  answer = { status: 403, body: WORDS };
  const words = await client.send(new HeadObjectCommand(at)).then(
    () => null,
    (error: Error) => answerWords(error),
  );
  expect(words).toEqual({ name: "HTTP 403", message: "Forbidden" });
});

test("a list with a time that nobody can read is asked for again", async () => {
  const time = "<LastModified>2026-11-30T18:11:4=.000Z</LastModified>";
  answer = {
    status: 200,
    body: `<ListBucketResult><Contents><Key>k</Key>${time}</Contents></ListBucketResult>`,
  };
  const list = () => client.send(new ListObjectsV2Command({ Bucket: "b" }));
  const error: unknown = await list().catch((thrown: unknown) => thrown);
  expect(s3Failure(error)).toMatchObject({
    ...{ kind: "no-answer", again: true, name: "HTTP 200" },
    message: "an answer that is not one of S3",
  });
  await expect(toldSafely("http://s3", list())).rejects.toThrow(NoAnswer);
});
