import { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
  elementOf,
  readAnswer,
  refuseFailed,
} from "../../../src/store/lakefs/gateway-answer.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const answer = (statusCode: number, text: string) => ({
  statusCode,
  headers: {},
  body: Readable.from([Buffer.from(text)]),
});

test("a good status with an error inside is a refusal that may be tried again", async () => {
  const text = `${HEAD}<Error><Code>InternalError</Code><Message>disk</Message></Error>`;
  await expect(readAnswer(answer(200, text))).rejects.toMatchObject({
    kind: "broken",
    message: "InternalError: disk",
  });
});

test.each([
  [404, "<Error><Code>NoSuchKey</Code></Error>", "missing", "NoSuchKey: "],
  [404, "", "missing", "HTTP 404: "],
  [403, "<Error><Code>AccessDenied</Code></Error>", "auth", "AccessDenied: "],
  [
    403,
    "<Error><Code>ErrWriteToProtectedBranch</Code></Error>",
    "protected",
    "ErrWriteToProtectedBranch: ",
  ],
  [503, "not XML", "busy", "HTTP 503: "],
])("%i with “%s” is %s", async (status, text, kind, message) => {
  await expect(refuseFailed(answer(status, text))).rejects.toMatchObject({
    ...{ kind, status, message },
  });
});

test("a success is none, and its body stays unread", async () => {
  const good = answer(206, "bytes");
  await refuseFailed(good);
  expect((await readAnswer(good)).text).toBe("bytes");
});

test.each([
  ["<ETag>&#34;ab-3&#34;</ETag>", '"ab-3"'],
  ["<ETag>&quot;ab&quot;</ETag>", '"ab"'],
  ["<ETag>&#x22;ab&amp;lt;&#x22;</ETag>", '"ab&lt;"'],
  ["<Key>k</Key>", ""],
])("%s holds %s", (xml, text) => {
  expect(elementOf(HEAD + xml, "ETag")).toBe(text);
});
