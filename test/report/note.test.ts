import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STRICT } from "../../src/config/policy.ts";
import { type NoteLinks, renderNote } from "../../src/report/note.ts";
import type { Summary } from "../../src/report/summary.ts";
import { asStored } from "../support/fake-gitlab.ts";
import {
  sampleSummary,
  sampleVerdict,
  summaryModel,
} from "../support/report-samples.ts";
import { renderMarkdown, textOutsideCode } from "./render-markdown.ts";

const LINKS: NoteLinks = {
  report: "https://git.test/-/jobs/1/artifacts/file/out/report/report.html",
  artifacts: "https://git.test/-/jobs/1/artifacts/browse/out",
  job: "https://git.test/-/jobs/1",
};
const NO_LINKS: NoteLinks = { report: null, artifacts: null, job: null };
const render = (change: Partial<Summary> = {}, links = LINKS) =>
  renderNote(sampleSummary(change), links, { version: "1.2.3" });
const firstLine = (change: Partial<Summary>, verdicts = [sampleVerdict()]) =>
  renderNote(sampleSummary(change), LINKS, {
    version: "1.2.3",
    verdicts,
  }).split("\n")[0];

const red = summaryModel({
  name: "classifier",
  verdict: "fail",
  sentence: "wrong",
});
const broken = summaryModel({
  name: "segmentor",
  verdict: null,
  status: "failed",
  sentence: "no checkpoint",
});
const none = {
  status: "none",
  commit: null,
  url: null,
  reason: null,
  fetch: null,
} as const;

describe("the first line of the note", () => {
  it.each<[string, Partial<Summary>]>([
    ["### ✅ `detector` may ship", {}],
    [
      "### ✅ All 2 models may ship",
      {
        models: [
          summaryModel(),
          summaryModel({ name: "b", status: "unchanged" }),
        ],
      },
    ],
    [
      "### ⚠️ `detector` may ship, with a warning",
      { models: [summaryModel({ verdict: "warn" })] },
    ],
    ["### ❌ `classifier` may not ship", { models: [red] }],
    [
      "### ❌ 1 of 2 models may not ship: `classifier`",
      { models: [summaryModel(), red] },
    ],
    ["### ❌ `segmentor` could not be converted", { models: [broken] }],
    [
      "### ❌ 2 of 2 models may not ship: `classifier`, `segmentor`",
      { models: [red, broken] },
    ],
    [
      "### ❌ 5 of 5 models may not ship: `a`, `b`, `c` and 2 more",
      { models: [..."abcde"].map((name) => ({ ...red, name })) },
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
    ["### ✅ `detector` may ship", { publication: none }],
    ["### ➖ Nothing to do", { models: [], publication: none }],
  ])("says: %s", (line, change) => expect(firstLine(change)).toBe(line));

  it("counts the exceptions that Git allowed", () => {
    const verdict = sampleVerdict({
      policy: {
        ...STRICT,
        loosened: ["tolerance sqnr_db 100", "check contract off"],
      },
    });
    expect(firstLine({}, [verdict])).toBe(
      "### ✅ `detector` may ship, with 2 exceptions",
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
      "Not published: nobody asked for it",
    );
    expect(render({ publication: { ...none, status: "unchanged" } })).toContain(
      "already holds this result",
    );
  });

  it("shows the worst element, what to do next and the command, for models that need work first", () => {
    const reasons = [
      {
        check: "parity",
        message: "element [0,17] is 0.1 in the ONNX and 0.2 in the source",
      },
    ];
    const note = render({
      models: [
        summaryModel(),
        {
          ...red,
          reasons,
          next: "train again",
          reproduce: "model-to-edge run x",
        },
      ],
    });
    expect(note).toContain(
      "- **parity**: element `[0,17]` is `0.1` in the ONNX and `0.2` in the source",
    );
    expect(note).toContain("**What to do next**: train again");
    expect(note).toContain("```sh\nmodel-to-edge run x\n```");
    expect(note.indexOf("<code>classifier</code>")).toBeLessThan(
      note.indexOf("<code>detector</code>"),
    );
    expect(note.match(/\| File \|/g)).toHaveLength(1);
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

  it("stays inert and unchanged by the server, whatever the names and messages are", () => {
    const bits = [
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
      "a",
    ];
    const text = fc
      .array(fc.constantFrom(...bits), { maxLength: 6 })
      .map((parts) => parts.join(""));
    const model = fc.record({
      name: text,
      sentence: text,
      next: text,
      reproduce: text,
      message: text,
      path: text,
    });
    fc.assert(
      fc.property(model, text, ({ message, path, ...foreign }, notice) => {
        const models = [
          summaryModel({
            ...foreign,
            reasons: [{ check: message, message }],
            files: [{ path, sha256: message, size: 1 }],
            timings: { [path]: 1 },
          }),
        ];
        const note = render({
          models,
          notices: [notice],
          store: { url: path, branch: message, commit: notice },
        });
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
      { numRuns: 400 },
    );
  });

  it("is stored by the server as it is", () => {
    const note = render({
      models: [summaryModel(), red],
      notices: ["a notice"],
    });
    expect(asStored(note)).toBe(note.trimEnd());
  });
});

/** GitLab looks for quick actions outside of backtick fences. */
function linesOutsideFences(note: string): string[] {
  return note.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "").split("\n");
}
