import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { s3Place } from "../../src/registry/s3-place.ts";
import { md5Of } from "../../src/store/s3/agreed-reading.ts";

/** One answer to a reading. */
interface Answer {
  text: string;
  etag: string;
  /** The connection ends after half of the bytes. */
  isCut?: boolean;
  headers?: Record<string, string>;
}

const whole = (text: string): Answer => ({ text, etag: md5(text) });
/** As versitygw answers while the object is replaced: bytes of one state, ETag of the next. */
const TORN: Answer = { text: "old", etag: md5("new") };
const OTHER_ETAG = "an-etag-that-is-no-md5";
const KMS = { "x-amz-server-side-encryption": "aws:kms" };

test.each<[string, Answer[]]>([
  ["bytes of one state with the ETag of the next", [TORN, whole("new")]],
  ["so twice", [TORN, TORN, whole("new")]],
  ["a connection that ends within the bytes", [cut("new"), whole("new")]],
])("%s are read again", async (_, answers) => {
  expect(await readFrom(answers)).toEqual({ text: "new", etag: md5("new") });
});

test.each<[string, Answer]>([
  ["an ETag that is no md5", { text: "new", etag: OTHER_ETAG }],
  [
    "an object under a key of a service",
    { text: "new", etag: md5("its key"), headers: KMS },
  ],
])("%s: two equal readings count", async (_, answer) => {
  const { etag } = answer;
  expect(await readFrom([answer, answer])).toEqual({ text: "new", etag });
});

test("an ETag that is no md5, and two states: neither is taken", async () => {
  const [one, two] = ["old", "new"].map((text) => ({ text, etag: OTHER_ETAG }));
  const answers = [one, two, two, two] as Answer[];
  expect(await readFrom(answers)).toEqual({ text: "new", etag: OTHER_ETAG });
});

test("bytes that never fit their ETag are told, and a retry may help", async () => {
  await expect(readFrom([TORN])).rejects.toMatchObject({
    ...{ exitCode: 3, code: "registry-unreachable" },
    message: expect.stringContaining(
      "reading notes/a.json failed: Garbled: notes/a.json arrived with a checksum that differs",
    ),
  });
});

function md5(text: string): string {
  return md5Of(Buffer.from(text));
}

function cut(text: string): Answer {
  return { ...whole(text), isCut: true };
}

/** What a place reads of a server that gives these answers in turn, the last one again and again. */
async function readFrom(answers: readonly Answer[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)] as Answer;
    const bytes = Buffer.from(answer.text);
    response.writeHead(200, {
      ...{ etag: `"${answer.etag}"`, "content-length": bytes.length },
      ...answer.headers,
    });
    if (!answer.isCut) response.end(bytes);
    else response.write(bytes.subarray(0, 1), () => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  const endpoint = `http://127.0.0.1:${port}`;
  const place = s3Place({
    client: new S3Client({
      ...{ endpoint, region: "us-east-1", forcePathStyle: true },
      ...{ maxAttempts: 1, responseChecksumValidation: "WHEN_REQUIRED" },
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    }),
    ...{ url: "s3://b/p", bucket: "b", prefix: "p/", endpoint },
    signal: new AbortController().signal,
    policy: { attempts: 3, pauseMs: 1, longestPauseMs: 2 },
  });
  const found = await place.read("notes/a.json", 1000);
  await place.close();

  return (
    found && { text: Buffer.from(found.bytes).toString(), etag: found.etag }
  );
}
