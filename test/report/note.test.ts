import { describe, expect, it } from "vitest";
import { code, sentence } from "../../src/message.ts";
import { type NoteLinks, renderNote } from "../../src/report/note.ts";
import type { Summary } from "../../src/report/summary.ts";
import { asStored } from "../support/fake-gitlab.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";
import { renderMarkdown, textOutsideCode } from "./render-markdown.ts";

const LINKS: NoteLinks = {
  report: "https://git.test/-/jobs/1/artifacts/file/out/report/report.html",
  artifacts: "https://git.test/-/jobs/1/artifacts/browse/out",
  job: "https://git.test/-/jobs/1",
};
const NO_LINKS: NoteLinks = { report: null, artifacts: null, job: null };
const render = (change: Partial<Summary> = {}, links = LINKS) =>
  renderNote(sampleSummary(change), links, "1.2.3");
const blocks = (change: Partial<Summary>) => render(change).split("\n\n");

const red = summaryModel({
  name: "classifier",
  verdict: "fail",
  ships: false,
  why: "wrong",
  answer: [{ text: "it is wrong" }],
  because: sentence`element ${code("[0,17]")} of ${code("y")} differs`,
  next: [{ text: "train again" }],
  reproduce: "model-to-edge run x",
});
const broken = summaryModel({
  name: "segmentor",
  verdict: null,
  ships: false,
  why: "not-converted",
  status: "failed",
  answer: [],
  because: [{ text: "no checkpoint" }],
});
const warned = summaryModel({
  why: "warning",
  verdict: "warn",
  because: [{ text: "warning: a path of the machine is in the file" }],
});
const none = {
  status: "none",
  commit: null,
  url: null,
  reason: null,
  fetch: null,
} as const;

describe("the first lines of the note", () => {
  it.each<[string, Partial<Summary>]>([
    ["### ✅ `detector` may ship", {}],
    ["### ⚠️ `detector` may ship, with a warning", { models: [warned] }],
    ["### ❌ `classifier` may not ship: wrong", { models: [red] }],
    [
      "### ❓ `b` may not ship: unproven",
      { models: [{ ...red, name: "b", why: "unproven" }] },
    ],
    ["### 🚧 `segmentor` could not be converted", { models: [broken] }],
    [
      "### ❌ 2 of 3 models may not ship: `classifier`, `segmentor`",
      { models: [broken, summaryModel(), red] },
    ],
    [
      "### ⚠️ `detector` may ship, but nothing was published",
      {
        publication: {
          ...none,
          status: "withheld",
          reason: "the branch is protected",
        },
      },
    ],
    ["### ➖ Nothing to do", { models: [], publication: none }],
  ])("are %s", (line, change) => expect(blocks(change)[0]).toBe(line));

  it("then say the cause and what to do next, before anything else", () => {
    expect(blocks({ models: [red] })[1]).toBe(
      "Element `[0,17]` of `y` differs. **What to do next**: Train again.",
    );
    expect(blocks({ models: [warned] })[1]).toBe(
      "Warning: a path of the machine is in the file.",
    );
  });

  it("name each red model, the gravest first, and no more than three", () => {
    const models = [broken, red, summaryModel(), warned];
    expect(blocks({ models }).slice(1, 3)).toEqual([
      "❌ `classifier`: Element `[0,17]` of `y` differs. **What to do next**: Train again.",
      "🚧 `segmentor`: No checkpoint.",
    ]);

    const many = [..."abcde"].map((name) => ({ ...red, name }));
    expect(render({ models: many }).match(/\*\*What to do next/g)).toHaveLength(
      3,
    );
  });
});

describe("renderNote", () => {
  it("says where the result is, and how to get it", () => {
    const note = render();
    expect(note).toContain(
      "Published on branch `feature--foo` of `lakefs://vision` at commit `4e07408562be`.",
    );
    expect(note).toContain(
      "[Report with pictures and numbers](https://git.test/-/jobs/1/artifacts/file/out/report/report.html)",
    );
    expect(note).toContain(
      "```sh\nlakectl fs download --recursive lakefs://vision/4e07408562be/edge/ edge/\n```",
    );
    expect(note).toMatch(
      /<sub>model-to-edge `1\.2\.3` · data branch `feature--foo` at `9f86d081884c`/,
    );
    expect(render({}, NO_LINKS)).not.toContain("](http://git.test");
  });

  it("says why nothing was published", () => {
    const publication = {
      ...none,
      status: "withheld",
      reason: "the merge request comes from a fork",
    } as const;
    expect(render({ publication })).toContain(
      "**Not published**: the merge request comes from a fork",
    );
    expect(render({ publication: none })).toContain(
      "Not published: it was not requested",
    );
    expect(render({ publication: { ...none, status: "unchanged" } })).toContain(
      "already holds this result",
    );
  });

  it("has models that need work first, in the table and in the details", () => {
    const reason = {
      check: "parity",
      status: "wrong",
      code: "differs",
      parts: sentence`element ${code("[0,17]")} is 0.1 in the ONNX`,
    } as const;
    const note = render({
      models: [summaryModel(), { ...red, reasons: [reason] }],
    });
    expect(note).toContain(
      "- **parity**: element `[0,17]` is `0.1` in the ONNX",
    );
    expect(note).toContain("```sh\nmodel-to-edge run x\n```");
    expect(note.indexOf("| `classifier` |")).toBeLessThan(
      note.indexOf("| `detector` |"),
    );
    expect(note.indexOf("<code>classifier</code>")).toBeLessThan(
      note.indexOf("<code>detector</code>"),
    );
    expect(note.match(/\| File \|/g)).toHaveLength(1);
  });

  it("lists thirty models of many, the red ones among them, and says where the rest is", () => {
    const green = Array.from({ length: 199 }, (_, index) =>
      summaryModel({ name: `m${index}` }),
    );
    const note = render({ models: [...green, red] });
    expect(note.match(/^\| `/gm)).toHaveLength(
      30 + 29 * summaryModel().files.length,
    );
    expect(note).toContain("| `classifier` | ❌ may not ship: wrong |");
    expect(note).toContain(
      "And 170 more: see [the report](https://git.test/-/jobs/1/artifacts/file/out/report/report.html).",
    );
  });

  it("renders to one heading, one table of models, folded details and nothing left over", () => {
    const html = renderMarkdown(
      render({ models: [summaryModel(), red], notices: ["a notice"] }),
    );
    expect(html.match(/<h3>/g)).toHaveLength(1);
    expect(html.match(/<table>/g)).toHaveLength(2);
    expect(html.match(/<details>/g)).toHaveLength(2);
    expect(html.match(/<\/details>/g)).toHaveLength(2);
    expect(textOutsideCode(html)).not.toMatch(/\*\*|`|\|/);
  });

  it("is stored by the server as it is", () => {
    const note = render({
      models: [summaryModel(), red],
      notices: ["a notice"],
    });
    expect(asStored(note)).toBe(note.trimEnd());
  });
});
