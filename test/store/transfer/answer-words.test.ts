import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  GetObjectCommand,
  HeadObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerWords } from "../../../src/store/transfer/answer-words.ts";

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
