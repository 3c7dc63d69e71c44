import fc from "fast-check";
import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import {
  cell,
  code,
  codeBlock,
  htmlCode,
  link,
  prose,
} from "../../src/report/markdown.ts";
import { textOutsideCode } from "./text-outside-code.ts";

/** Everything that GitLab makes something of, and what could end one of our spans. */
const BITS = [
  ..."@#!$%&~*_[]()<>{}|\\/`'\"+-=:.^ \n\r\t\u0000\u202e",
  "a",
  "Z",
  "9",
  "é",
  "日",
  "``",
  "```",
  "@all",
  "/merge",
  "#1",
  "!1",
  "~bug",
  "%v1",
  "$1",
  ":tada:",
  "deadbeef",
  "https://x.test",
  "www.x.test",
  "me@x.test",
  "<script>",
  "<img src=x>",
  "</details>",
  "[a](b)",
  "![a](b)",
  "[[_TOC_]]",
  "[^1]",
  "&amp;",
  "- ",
  "1. ",
  "# ",
  "> ",
  "| ",
  "---",
  ">>>",
];
const hostile = fc
  .array(fc.constantFrom(...BITS), { maxLength: 12 })
  .map((bits) => bits.join(""));
const anything = fc.oneof(hostile, fc.string({ unit: "binary" }), fc.lorem());
const REFERENCE =
  /[@#!~%$&^*][\w"]|:\w+:|\[\w+:|\b[0-9a-f]{7,40}\b|\/\w|www\.|:\/\//;

function harmless(html: string, allowed: RegExp): void {
  expect(html.replace(allowed, "")).not.toMatch(/<[^>]*>/);
  expect(textOutsideCode(html)).not.toMatch(REFERENCE);
}

describe("foreign text in the note", () => {
  it("is inert as a code span, in a paragraph and in a heading", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const html = renderMarkdown(
          `### may ${code(text)} ship\n\n${code(text)} ships`,
        );
        harmless(html, /<\/?(h3|p|code)>/g);
        expect(html.match(/<code>/g)).toHaveLength(2);
      }),
      { numRuns: 1500 },
    );
  });

  it("is inert as prose, at the start of a block and inside of one", () => {
    fc.assert(
      fc.property(anything, (text) => {
        harmless(
          renderMarkdown(
            `${prose(text)}\n\n- ${prose(text)}\n- x ${prose(text)}`,
          ),
          /<\/?(p|code|ul|li)>/g,
        );
      }),
      { numRuns: 1500 },
    );
  });

  it("never leaves its cell in a table", () => {
    fc.assert(
      fc.property(anything, anything, (name, text) => {
        const row = `| ${cell(code(name))} | ${cell(prose(text))} |`;
        const html = renderMarkdown(`| a | b |\n|---|---|\n${row}\n\nend`);
        harmless(html, /<\/?(table|thead|tbody|tr|th|td|code|p)>/g);
        expect(html.match(/<td>/g)).toHaveLength(2);
        expect(html).toContain("<p>end</p>");
      }),
      { numRuns: 1500 },
    );
  });

  it("never leaves its code block", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const html = renderMarkdown(`${codeBlock(text, "sh")}\n\nend`);
        expect(html.replace(/<\/?(pre|code|p)( lang="sh")?>/g, "")).not.toMatch(
          /<[^>]*>/,
        );
        expect(html).toMatch(/<\/code><\/pre>\n<p>end<\/p>\n$/);
      }),
      { numRuns: 1000 },
    );
  });

  it("is text inside a summary", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const html = renderMarkdown(
          `<details>\n<summary>${htmlCode(text)}</summary>\n\nin\n\n</details>\n`,
        );
        expect(html).toMatch(
          /^<details>\n<summary><code>[^<>]*<\/code><\/summary>\n<p>in<\/p>\n<\/details>\n$/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("shows blanks at the ends of a name, which nobody would see", () => {
    expect([" det", "det ", "det", "a b"].map(code)).toEqual([
      "`␣det`",
      "`det␣`",
      "`det`",
      "`a b`",
    ]);
  });

  it("keeps a name readable", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w@#/.`|<>&-]{1,20}$/), (name) => {
        const text = renderMarkdown(code(name)).replace(
          /^<p><code>|<\/code><\/p>\n$/g,
          "",
        );
        const entities: Record<string, string> = {
          "&lt;": "<",
          "&gt;": ">",
          "&amp;": "&",
          "&quot;": '"',
        };
        expect(
          text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity),
        ).toBe(name);
      }),
    );
  });
});

describe("prose", () => {
  it.each([
    ["The edge model equals its source.", "The edge model equals its source."],
    [
      "element [0, 17] of case real-0 is 0.25 here",
      "element `[0, 17]` of case real-0 is 0.25 here",
    ],
    [
      'epoch_3.pth does not fit "config.py" (see below).',
      'epoch_3.pth does not fit "config.py" (see below).',
    ],
    ["1. first", "`1`. first"],
    ["= x", "`=` x"],
    ["a = 1 and b <= 2", "a = 1 and b <= 2"],
    ["3 of 4 models", "3 of 4 models"],
    ["-3.05e-5 ms, 50% or 1,000.5", "-3.05e-5 ms, 50% or 1,000.5"],
    ["missing (a.b, …).", "missing (a.b, …)."],
    ["as PROJ-12 says", "as `PROJ-12` says"],
    ["www.x.test and a/b", "`www.x.test` and `a/b`"],
  ])(
    "leaves words, and makes code of what GitLab acts on: %s",
    (text, markdown) => expect(prose(text)).toBe(markdown),
  );
});

describe("link", () => {
  it.each([
    "javascript:alert(1)",
    "https://x.test/a)b",
    "https://x.test/<b>",
    "https://x.test/ b",
    "",
  ])("makes none of %j", (url) => expect(link("text", url)).toBeNull());
  it("makes one of an address of the web", () => {
    expect(link("text", "https://x.test/a?b=c&d#e")).toBe(
      "[text](https://x.test/a?b=c&d#e)",
    );
  });
});
