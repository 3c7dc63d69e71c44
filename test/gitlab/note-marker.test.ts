import fc from "fast-check";
import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import {
  type Marker,
  markerKey,
  readMarker,
  withMarker,
} from "../../src/gitlab/note-marker.ts";

const MARKER: Marker = {
  key: markerKey("convert"),
  iid: 31,
  sha: "c0ffee",
  facts: {
    kind: "run",
    branch: "feature--foo",
    commit: "c1",
    outcome: "published",
  },
};

const BITS = [
  "-->",
  "--!>",
  "<!--",
  "\n",
  "@all",
  "/merge",
  "`",
  "é",
  "\\",
  '"',
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom(...BITS, "a"), { maxLength: 5 })
    .map((bits) => bits.join("")),
);
const marker: fc.Arbitrary<Marker> = fc.record({
  key: text,
  iid: fc.nat(),
  sha: text,
  facts: fc.option(
    fc.record({
      kind: fc.constantFrom("run", "land"),
      branch: fc.option(text),
      commit: fc.option(text),
      outcome: text,
    }),
  ),
});

describe("the marker", () => {
  it("is read as it was written, whatever the facts and the body are", () => {
    fc.assert(
      fc.property(marker, text, (written, body) => {
        const note = withMarker(written, body);
        expect(readMarker(note)).toEqual(written);
        expect(readMarker(`${note}\nmore`)).toEqual(written);
      }),
    );
  });

  it("is one comment that nobody sees: nothing in it can end it early", () => {
    fc.assert(
      fc.property(marker, (written) => {
        const [line = "", ...rest] = withMarker(written, "body").split("\n");
        expect(rest).toEqual(["body"]);
        expect(line.indexOf("--", 4)).toBe(line.length - 3);
        expect(line).not.toMatch(/[@`/]/);
        expect(renderMarkdown(`${line}\n`).trim()).toBe(line);
      }),
    );
  });

  it.each([
    ["no marker", "text"],
    ["not in the first line", `text\n${withMarker(MARKER, "")}`],
    ["no JSON", "<!-- model-to-edge {a} -->\n"],
    ["without a key", '<!-- model-to-edge {"iid":1,"sha":""} -->\n'],
    [
      "a number that is none",
      '<!-- model-to-edge {"key":"a","iid":"1","sha":""} -->\n',
    ],
  ])("is null where there is %s", (_, body) =>
    expect(readMarker(body)).toBeNull(),
  );

  it.each([
    ["another kind", { ...MARKER.facts, kind: "other" }],
    ["a branch that is not text", { ...MARKER.facts, branch: 1 }],
    ["no outcome", { kind: "run", branch: null, commit: null }],
    ["no facts at all", null],
  ])("has no facts where it holds %s", (_, facts) => {
    const written = withMarker({ ...MARKER, facts: facts as never }, "");
    expect(readMarker(written)).toEqual({ ...MARKER, facts: null });
  });

  it("of a note from before there were facts is still ours, without any", () => {
    const { key } = MARKER;
    const first = `<!-- model-to-edge:note v=1 key=${key} iid=30 sha=abc -->\nold`;
    expect(readMarker(first)).toEqual({
      key,
      iid: 30,
      sha: "abc",
      facts: null,
    });
  });
});
