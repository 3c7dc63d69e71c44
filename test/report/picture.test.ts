import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import { renderNote } from "../../src/report/note.ts";
import { decodePng, encodePng } from "../../src/report/picture/png.ts";
import { sideBySide } from "../../src/report/picture/side-by-side.ts";
import { resultOf } from "../../src/validate/check-result.ts";
import { reportModel } from "../support/report-model-sample.ts";
import { NOTE_LINKS, sampleSummary } from "../support/report-samples.ts";
import { samplePng } from "../support/sample-png.ts";

const WIDTH = 40;
const HEIGHT = 30;
const BOX = [5, 4, 20, 15, 0.9, 0];
const YELLOW = [255, 212, 59];

function detector(source: number[][], edge: number[][]) {
  const model = reportModel();
  const pairs = [{ case: "real-0", source, edge }];
  const finding = resultOf("parity", {
    status: "pass",
    message: { code: "x", parts: [{ text: "x" }] },
    details: { boxes: pairs },
  });

  return {
    ...model,
    verdict: model.verdict && { ...model.verdict, checks: [finding] },
    previews: [{ case: "real-0", png: samplePng(WIDTH, HEIGHT) }],
  };
}

describe("the picture of a detector", () => {
  it("has the source's boxes left and the edge model's right", () => {
    const picture = decodePng(
      sideBySide(detector([BOX], [])) ?? new Uint8Array(),
    );
    expect(picture).toMatchObject({ width: 2 * WIDTH + 8, height: HEIGHT });

    const at = (x: number, y: number) => {
      const from = (y * (2 * WIDTH + 8) + x) * 3;
      return [...(picture?.rgb.subarray(from, from + 3) ?? [])];
    };
    expect(at(5, 4)).toEqual(YELLOW);
    expect(at(20, 15)).toEqual(YELLOW);
    expect(at(12, 10)).not.toEqual(YELLOW);
    expect(at(WIDTH + 8 + 5, 4)).not.toEqual(YELLOW);
    expect(at(WIDTH + 3, 4)).toEqual([255, 255, 255]);
  });

  it("takes boxes of any numbers", () => {
    const odd = [
      Number.NaN,
      -1e9,
      Number.POSITIVE_INFINITY,
      1e9,
      0.9,
      Number.NaN,
    ];
    expect(sideBySide(detector([odd], [[]]))).not.toBeNull();
  });

  it("is none where there are no boxes or no preview", () => {
    expect(sideBySide(reportModel({ previews: [] }))).toBeNull();
    expect(sideBySide({ ...detector([BOX], []), verdict: null })).toBeNull();
  });
});

describe("PNG", () => {
  it("is read as it was written", () => {
    const png = samplePng(WIDTH, HEIGHT);
    const pixels = decodePng(png);
    expect(pixels && decodePng(encodePng(pixels))).toEqual(pixels);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["another file", Buffer.from("GIF89a and more")],
    ["a picture that ends early", samplePng(WIDTH, HEIGHT).subarray(0, 60)],
    [
      "a picture of other bytes",
      samplePng(WIDTH, HEIGHT).map((byte, at) => (at > 45 ? byte ^ 1 : byte)),
    ],
  ])("of %s is none", (_, bytes) => expect(decodePng(bytes)).toBeNull());
});

const ADDRESSES = [
  "https://git.test/-/jobs/1/artifacts/raw/out/report/picture.png",
  "/uploads/0123456789abcdef0123456789abcdef/boxes-0123.png",
];

it.each(ADDRESSES)("the note shows the picture under the answer: %s", (url) => {
  const note = noteWith(url);

  expect(renderMarkdown(note)).toContain(`<img src="${url}" alt="Boxes of`);
  expect(note.indexOf("![")).toBeLessThan(note.indexOf("| Model |"));
});

it("an address that is neither is not shown", () => {
  expect(noteWith("/uploads/../../admin")).not.toContain("![");
  expect(noteWith("javascript:alert(1)")).not.toContain("![");
});

function noteWith(url: string): string {
  return renderNote(sampleSummary(), {
    links: NOTE_LINKS,
    changes: null,
    picture: { name: "detector", url },
    version: "1",
  });
}
