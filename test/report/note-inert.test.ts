import fc from "fast-check";
import { expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import { renderNote } from "../../src/report/note.ts";
import type { Part } from "../../src/text/message.ts";
import {
  NOTE_LINKS,
  sampleSummary,
  summaryModel,
} from "../support/report-samples.ts";
import { textOutsideCode } from "./text-outside-code.ts";

const BITS = [
  "@all",
  "/merge",
  "\n/close\n",
  "|",
  "`",
  "``",
  "<script>",
  "</details>",
  "\n\n",
  "[x](y)",
  "#1",
  "<!--",
  "-->",
  " ",
  "a",
];
const text = fc
  .array(fc.constantFrom(...BITS), { maxLength: 6 })
  .map((bits) => bits.join(""));
const parts: fc.Arbitrary<Part[]> = fc.array(
  fc.oneof(
    fc.record({ text }),
    fc.record({ code: text }),
    fc.record({ name: text }),
  ),
  { maxLength: 4 },
);
const model = fc.record({
  name: text,
  answer: parts,
  because: parts,
  next: parts,
  reproduce: text,
  said: parts,
  path: text,
  ships: fc.boolean(),
});

interface Foreign {
  name: string;
  answer: Part[];
  because: Part[];
  next: Part[];
  reproduce: string;
  said: Part[];
  path: string;
  ships: boolean;
}

/** A note that is full of foreign words, as Markdown. */
function noteOf(
  { said, path, ships, ...foreign }: Foreign,
  notice: string,
): string {
  const why = ships ? "warning" : "wrong";
  const status = ships ? "warning" : "wrong";
  const model = summaryModel({
    ...foreign,
    ships,
    why,
    reasons: [{ check: path, status, code: path, parts: said }],
    files: [{ path, sha256: path, size: 1 }],
    timings: { [path]: 1 },
  });
  const store = { url: path, branch: notice, commit: notice };
  const summary = sampleSummary({ models: [model], notices: [notice], store });

  return renderNote(summary, {
    links: NOTE_LINKS,
    changes: null,
    picture: null,
    version: "1",
  });
}

const OUR_LINK = /<a href="https:\/\/(?:git\.test|lakefs\.test)\/[^"]*">/g;

it("the note stays inert, whatever the names and messages are", () => {
  fc.assert(
    fc.property(model, text, (foreign, notice) => {
      const note = noteOf(foreign, notice);
      const html = renderMarkdown(note);

      for (const tag of ["<script", "<img", "<input"])
        expect(tagsOf(html, tag)).toBe(0);
      expect(tagsOf(html, "<a")).toBeGreaterThan(0);
      expect(html.replaceAll(OUR_LINK, "")).not.toMatch(/<a\b/);
      expect(tagsOf(html, "<details")).toBe(2);
      expect(textOutsideCode(html)).not.toMatch(/@all|\/merge|\/close|#1/);
      expect(
        linesOutsideFences(note).filter((line) => line.startsWith("/")),
      ).toEqual([]);
    }),
    { numRuns: 600 },
  );
});

function tagsOf(html: string, tag: string): number {
  return html.match(/<[a-z]+/g)?.filter((found) => found === tag).length ?? 0;
}

/** GitLab looks for quick actions outside of backtick fences. */
function linesOutsideFences(note: string): string[] {
  return note.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "").split("\n");
}
