import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import { code, sentence } from "../../src/text/message.ts";
import { asStored } from "../support/fake-gitlab.ts";
import {
  NO_LINKS,
  NOTE_LINKS,
  summaryModel,
} from "../support/report-samples.ts";
import { LINK, none, red, render } from "./note-samples.ts";
import { textOutsideCode } from "./text-outside-code.ts";

describe("renderNote", () => {
  it("says where the result is, and how to get it", () => {
    const note = render();
    expect(note).toContain(
      "Published what may ship to branch `feature--foo` of `lakefs://vision`.",
    );
    expect(note).toContain(
      `[Report with pictures and numbers](${NOTE_LINKS.report})`,
    );
    expect(note).toContain(
      "```sh\nmodel-to-edge fetch lakefs://vision/4e07408562be/detector detector\nmodel-to-edge verify detector\n```",
    );
    expect(note).toContain(
      "| [`edge/detector/end2end.onnx`](https://lakefs.test/edge/detector/end2end.onnx) | 19.8 MB |",
    );
    expect(note).toContain(
      "<sub>model-to-edge 1.2.3 · data branch [`feature--foo`](https://lakefs.test/data) · [what green means](https://git.test/docs/what-green-means.md)</sub>",
    );
    expect(render({}, NO_LINKS)).not.toMatch(/lakefs\.test\/edge|jobs/);
  });

  it("says how many of them are published, where some may not ship", () => {
    expect(render({ models: [summaryModel(), red] })).toContain(
      "Published what may ship (1 of 2) to branch `feature--foo`",
    );
  });

  it("shows no hashes: they are in the report", () => {
    const visible = render().replaceAll(/\]\([^)]*\)|```[^`]*```/g, "");
    expect(visible).not.toMatch(/[0-9a-f]{8}/);
  });

  it("names no files that nobody can fetch", () => {
    const withheld = render({ publication: { ...none, status: "withheld" } });
    expect(withheld).not.toContain("end2end.onnx");
    expect(withheld).toContain("Reproduce on your machine:");
    expect(render()).toContain("in the folder that `model-to-edge fetch` made");
  });

  it("says why nothing was published", () => {
    const publication = {
      ...none,
      status: "withheld",
      reason: "the merge request comes from a fork",
    } as const;
    expect(render({ publication })).toContain(
      "**Not published.** The merge request comes from a fork.",
    );
    expect(render({ publication: none })).toContain(
      "**Not published.** Publication was not requested.",
    );
    expect(render({ publication: { ...none, status: "unchanged" } })).toContain(
      "already holds this result",
    );
  });

  it("says which axes of the input are fixed, and why, those of one reason together", () => {
    const window = "the source looks at windows of this size";
    const fixed = {
      batch: "with it open <b>it</b> fails",
      height: window,
      width: window,
    };
    const note = render({ models: [summaryModel({ fixed })] });
    expect(note).toContain(
      "The input is fixed in batch: with it open `<b>it</b>` fails.\n\nThe input is fixed in height and width: the source looks at windows of this size.",
    );
    expect(render()).not.toContain("The input is fixed");
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
    expect(note).toContain("- **parity**: element `[0,17]` is 0.1 in the ONNX");
    expect(note).toContain("```sh\nmodel-to-edge run x\n```");
    expect(note.indexOf(`| ${LINK("classifier")} |`)).toBeLessThan(
      note.indexOf(`| ${LINK("detector")} |`),
    );
    expect(note.indexOf("<code>classifier</code>")).toBeLessThan(
      note.indexOf("<code>detector</code>"),
    );
    expect(note.match(/\| File \|/g)).toHaveLength(1);
  });

  it("has what else to know after the table, as parts", () => {
    const notices = ["`a` left `model/`: gone", "isolation"];
    const note = render({ notices });
    expect(note).toContain("- `a` left `model/`: gone\n- isolation");
    expect(note.indexOf("| Model |")).toBeLessThan(note.indexOf("- isolation"));
  });

  it("lists thirty models of many, the red ones among them, and says where the rest is", () => {
    const green = Array.from({ length: 199 }, (_, index) =>
      summaryModel({ name: `m${index}` }),
    );
    const note = render({ models: [...green, red] });
    expect(note.match(/^\| \[`/gm)).toHaveLength(30);
    expect(note).toContain(
      `| ${LINK("classifier")} | ❌ may not ship: wrong |`,
    );
    expect(note).toContain(
      `And 170 more: see [the report](${NOTE_LINKS.report}).`,
    );
  });

  it.each([
    [20, 20, 40],
    [21, 0, 10],
    [500, 0, 10],
  ])(
    "of %i green models has %i details, and less than %i kB",
    (of, details, kB) => {
      const models = Array.from({ length: of }, (_, index) =>
        summaryModel({ name: `model-${index}` }),
      );
      const note = render({ models });
      expect(note.match(/: details</g) ?? []).toHaveLength(details);
      expect(note.length).toBeLessThan(kB * 1000);
    },
  );

  it("renders to one heading, one table of models, folded details and nothing left over", () => {
    const html = renderMarkdown(
      render({ models: [summaryModel(), red], notices: ["a notice"] }),
    );
    expect(html.match(/<h3>/g)).toHaveLength(1);
    expect(html.match(/<table>/g)).toHaveLength(2);
    expect(html.match(/<details>/g)).toHaveLength(3);
    expect(html.match(/<\/details>/g)).toHaveLength(3);
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
