import fc from "fast-check";
import { expect, it } from "vitest";
import type { Part } from "../../src/message.ts";
import { renderNote } from "../../src/report/note.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";
import { renderMarkdown, textOutsideCode } from "./render-markdown.ts";

const LINKS = {
  report: "https://git.test/-/jobs/1/artifacts/file/out/report/report.html",
  artifacts: "https://git.test/-/jobs/1/artifacts/browse/out",
  job: "https://git.test/-/jobs/1",
};

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

it("the note stays inert, whatever the names and messages are", () => {
  fc.assert(
    fc.property(model, text, ({ said, path, ships, ...foreign }, notice) => {
      const why = ships ? "warning" : "wrong";
      const reason = { check: path, status: "wrong", code: path } as const;
      const models = [
        summaryModel({
          ...foreign,
          ships,
          why,
          reasons: [{ ...reason, parts: said }],
          files: [{ path, sha256: path, size: 1 }],
          timings: { [path]: 1 },
        }),
      ];
      const store = { url: path, branch: notice, commit: notice };
      const summary = sampleSummary({ models, notices: [notice], store });
      const note = renderNote(summary, LINKS, "1.2.3");
      const html = renderMarkdown(note);

      expect(
        html
          .match(/<[a-z]+/g)
          ?.filter((tag) => ["<script", "<img", "<input"].includes(tag)),
      ).toEqual([]);
      expect(html.match(/<a /g)).toHaveLength(4);
      expect(html.match(/<details>/g)).toHaveLength(1);
      expect(textOutsideCode(html)).not.toMatch(/@all|\/merge|\/close|#1/);
      expect(
        linesOutsideFences(note).filter((line) => line.startsWith("/")),
      ).toEqual([]);
    }),
    { numRuns: 600 },
  );
});

/** GitLab looks for quick actions outside of backtick fences. */
function linesOutsideFences(note: string): string[] {
  return note.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "").split("\n");
}
