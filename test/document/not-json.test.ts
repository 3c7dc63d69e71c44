import { expect, it } from "vitest";
import { parseJson } from "../../src/document/document.ts";

const TEXT = '{ "kind": "plan" }';
const utf16 = Buffer.from(TEXT, "utf16le");

it.each([
  ["nothing", Buffer.alloc(0), /^it is empty: /],
  ["blanks alone", Buffer.from(" \r\n"), /^it is empty: /],
  ["half of it", Buffer.from(TEXT.slice(0, 9)), /^it may be truncated: /],
  ["blocks of zeros", Buffer.alloc(64), /^it may be truncated: /],
  [
    "a byte order mark",
    Buffer.from(`\ufeff${TEXT}`),
    /saved it, with a byte order mark/,
  ],
  ["UTF-16", utf16, /not as UTF-8 but as UTF-16: /],
  [
    "UTF-16 with its mark",
    Buffer.from(`\ufeff${TEXT}`, "utf16le"),
    /not as UTF-8 but as UTF-16: /,
  ],
  [
    "UTF-16 in the other order",
    Buffer.from(utf16).swap16(),
    /not as UTF-8 but as UTF-16: /,
  ],
])(
  "the hint of a document that holds %s is about that",
  (_what, bytes, hint) => {
    expect(() => parseJson(bytes.toString("utf8"), "plan.json")).toThrow(
      expect.objectContaining({
        code: "document-damaged",
        message: "plan.json is not JSON",
        hint: expect.stringMatching(hint),
      }),
    );
  },
);
