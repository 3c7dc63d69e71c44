import { describe, expect, it } from "vitest";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import { sampleContract } from "../support/report-model-sample.ts";
import { samplePng } from "../support/sample-png.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { modelPage, pageText } from "./render-pages.ts";

/** The page of a model of which parity says this. */
function pageOf(
  details: Record<string, unknown>,
  change: Parameters<typeof modelPage>[0] = {},
): string {
  const parity = {
    check: "parity",
    status: "pass",
    message: toMessage("m"),
    details,
  } as CheckResult;

  return modelPage({
    verdict: sampleVerdict({ checks: [parity] }),
    ...change,
  });
}

const BOX = [20, 60, 80, 120, 0.9, 0];
const OTHER = [100, 20, 150, 70, 0.8, 1];
const pair = (source: number[][], edge: number[][], name = "real-0") => ({
  boxes: [{ case: name, source, edge }],
});

describe("a detector's sample", () => {
  it("is embedded and drawn once where both sides look the same", () => {
    const page = pageOf(pair([BOX, OTHER], [OTHER, BOX]));
    expect(page.match(/data:image\/png/g)).toHaveLength(1);
    expect(page.match(/<use href="#picture-seen-0"/g)).toHaveLength(1);
    expect(page.match(/>car 0\.9</g)).toHaveLength(1);
    expect(pageText(page)).toContain("Source and edge model · 2 boxes ");
  });

  it("is drawn for each side where they differ, with what only one has in front", () => {
    const page = pageOf(pair([BOX, OTHER], [BOX]));
    expect(page.match(/data:image\/png/g)).toHaveLength(1);
    expect(page.match(/<use href="#picture-seen-0"/g)).toHaveLength(2);
    expect(pageText(page)).toMatch(
      /real-0 : 1 box differs, drawn thick person 0\.8 Source · 2 boxes, 1 only here car 0\.9 Edge model · 1 box /,
    );
    expect(page.match(/stroke-width="4"/g)).toHaveLength(1);
  });

  it.each([
    ["a corner 2 pixels off", [20, 60, 82, 120, 0.9, 0]],
    ["another class", [20, 60, 80, 120, 0.9, 1]],
    ["another score", [20, 60, 80, 120, 0.87, 0]],
  ])("differs by %s", (_, edge) => {
    expect(pageText(pageOf(pair([BOX], [edge])))).toContain("2 boxes differ");
  });

  it("does not differ by rounding", () => {
    const near = [20.4, 60, 80, 120, 0.8999, 0];
    expect(pageText(pageOf(pair([BOX], [near])))).toContain(
      "Source and edge model · 1 box ",
    );
  });

  it("shows a difference among boxes that are too faint to be drawn", () => {
    const faint = [1, 1, 9, 9, 0.05, 2];
    const page = pageOf(pair([BOX, faint], [BOX]));
    expect(page).toContain('x="1" y="1" width="8" height="8"');
  });

  it("is called by its file, and by the name that messages use", () => {
    const cases = [{ name: "sample-3", kind: "real", file: "night.png" }];
    const page = pageOf(
      { ...pair([BOX], [BOX], "sample-3"), cases },
      { previews: [{ case: "sample-3", png: samplePng(160, 160) }] },
    );
    expect(pageText(page)).toContain("night.png (sample-3)");
  });

  it("writes no caption over a surer one's, and none beyond the edge", () => {
    const twins = [
      [100, 60, 159, 90, 0.9, 0],
      [100, 60, 159, 90, 0.8, 1],
    ];
    const page = pageOf(pair(twins, twins));
    expect(page.match(/<rect x="100" y="60"/g)).toHaveLength(2);
    const captions = [...page.matchAll(/<text x="([\d.]+)"[^>]*>([^<]*)/g)];
    expect(captions.map(([, , said]) => said)).toContain("car 0.9");
    expect(captions.map(([, , said]) => said)).not.toContain("person 0.8");
  });

  it("comes first where it differs, then with most boxes; a picture without boxes beside it is left out", () => {
    const previews = ["a", "b", "c", "random-0"].map((name) => ({
      case: name,
      png: samplePng(8, 8),
    }));
    const small = [1, 1, 5, 5, 0.9, 0];
    const boxes = [
      { case: "a", source: [], edge: [] },
      { case: "b", source: [small], edge: [small] },
      { case: "c", source: [small], edge: [] },
    ];
    const page = pageText(pageOf({ boxes }, { previews }));
    expect(page).toMatch(/ c : 1 box differs.* b .* a Source and .*no boxes/);
    expect(page).not.toContain("random-0");
  });

  it("shows the most confident of very many boxes, and says so", () => {
    const many = Array.from({ length: 100 }, (_, index) => [
      index,
      1,
      index + 9,
      20,
      0.9 + index / 1000,
      0,
    ]);
    const page = pageOf(pair(many, many));
    expect(pageText(page)).toContain(
      "100 boxes, the 20 most confident are drawn",
    );
    expect(page.match(/<rect x="\d+" y="1" /g)).toHaveLength(20);
  });
});

describe("a classifier's sample", () => {
  const classifier = sampleContract({ task: "classification" });
  const scores: [number, number][] = [
    [2, 0.9],
    [0, 0.08],
  ];
  const classes = (edge: [number, number][]) => ({
    classes: [{ case: "real-0", output: "output", source: scores, edge }],
  });

  it("has its picture and the best classes, once where both sides say the same", () => {
    const page = pageOf(classes(scores), { contract: classifier });
    expect(pageText(page)).toMatch(
      /real-0 Source and edge model sign 90 % car 8 % Pictures/,
    );
    expect(page.match(/data:image\/png/g)).toHaveLength(1);
    expect(page).not.toContain("<text");
  });

  it("has those of both sides where they differ", () => {
    const turned: [number, number][] = [
      [0, 0.9],
      [2, 0.08],
    ];
    expect(pageText(pageOf(classes(turned), { contract: classifier }))).toMatch(
      /real-0 Source sign 90 % car 8 % Edge model car 90 % sign 8 %/,
    );
  });

  it("is shown without a picture where there is none", () => {
    const page = pageOf(classes(scores), { previews: [] });
    expect(pageText(page)).toContain("real-0 first row Source and edge model");
    expect(page).not.toContain("data:image/png");
  });
});

describe("a segmentor's sample", () => {
  const map = {
    case: "real-0",
    output: "output",
    width: 4,
    height: 2,
    source: "0*6 1*2",
    edge: "0*6 1*2",
    apart: "0*8",
    pixels: 800,
    different: 0,
  };

  it("has one map where no pixel differs", () => {
    const page = pageOf({ masks: [map] });
    expect(pageText(page)).toMatch(
      /real-0 : all 800 pixels have the same class Input Source and edge model car person/,
    );
    expect(page).toContain('d="M0 0h4v1h-4zM0 1h2v1h-2z"');
    expect(page).not.toContain("Difference</b>");
  });

  it("has both maps and where they differ", () => {
    const other = { edge: "0*5 1*3", apart: "0*5 1*1 0*2", different: 12 };
    const page = pageOf({ masks: [{ ...map, ...other }] });
    expect(pageText(page)).toMatch(
      /12 of 800 pixels differ \(1\.5 %\) Input Source car person Edge model car person Difference red/,
    );
    expect(page).toContain('class="differs" d="M1 1h1v1h-1z"');
  });
});
