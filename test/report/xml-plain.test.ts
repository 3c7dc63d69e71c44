import { expect, test } from "vitest";
import { html } from "../../src/report/html/markup.ts";
import { escapeXml } from "../../src/report/xml.ts";

/** Each character of a byte, and a few beyond. */
const CHARACTERS = [
  ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
  ..."\u2028\u202e\u{1F600}ü",
  "\ud800",
];

test("only what is no markup and no control character stays as it is", () => {
  const kept = CHARACTERS.filter((each) => html`${each}`.markup === each);
  expect(kept.filter((each) => /[&<>"'\p{Cc}]/u.test(each))).toEqual([
    "\t",
    "\n",
  ]);

  const inXml = CHARACTERS.filter((each) => escapeXml(each) === each);
  expect(inXml.filter((each) => /[&<>"\n\t\r\0]/.test(each))).toEqual([]);
});

test("a character that must be escaped is so in the middle of a plain text", () => {
  expect(html`${"a<b"}`.markup).toBe("a&lt;b");
  expect(html`${"a\u001bb"}`.markup).not.toContain("\u001b");
  expect(escapeXml('it\'s & "b"')).toBe("it's &amp; &quot;b&quot;");
});
