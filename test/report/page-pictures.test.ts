import { describe, expect, it } from "vitest";
import { toMessage } from "../../src/message.ts";
import { samplePng } from "../support/sample-png.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { modelPage, pageText } from "./render-pages.ts";

describe("the pictures of the model's page", () => {
  it("draws both sides' boxes with class and score over one copy of the picture", () => {
    const page = modelPage();
    expect(
      page.match(/id="picture-seen-0" [^>]*data:image\/png/g),
    ).toHaveLength(1);
    expect(page.match(/<use href="#picture-seen-0"/g)).toHaveLength(2);
    expect(page.match(/>car 0\.93</g)).toHaveLength(2);
    expect(
      page.match(/<rect x="22" y="60" width="62" height="68"/g),
    ).toHaveLength(2);
  });

  it("writes no caption over a surer one's, and none beyond the edge", () => {
    const twins = [
      [100, 60, 159, 90, 0.9, 0],
      [100, 60, 159, 90, 0.8, 1],
    ];
    const boxes = [{ case: "real-0", source: twins, edge: twins }];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("m"),
      details: { boxes },
    } as const;
    const page = modelPage({ verdict: sampleVerdict({ checks: [parity] }) });
    expect(page.match(/<rect x="100" y="60"/g)).toHaveLength(4);
    expect(
      [...page.matchAll(/<text x="([\d.]+)" y="58"[^>]*>([^<]*)/g)].map(
        ([, , said]) => said,
      ),
    ).toEqual(["car 0.9", "car 0.9"]);
  });

  it("shows pictures with most boxes first, and none that has no boxes beside them", () => {
    const previews = ["a", "b", "random-0"].map((name) => ({
      case: name,
      png: samplePng(8, 8),
    }));
    const box = [1, 1, 5, 5, 0.9, 0];
    const boxes = [
      { case: "a", source: [], edge: [] },
      { case: "b", source: [box], edge: [box] },
    ];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("m"),
      details: { boxes },
    } as const;
    const page = pageText(
      modelPage({ previews, verdict: sampleVerdict({ checks: [parity] }) }),
    );
    expect(page).toMatch(/Case b car .*Case a Source · 0 boxes/);
    expect(page).not.toContain("random-0");
  });

  it("shows where the two differ", () => {
    const boxes = [
      { case: "real-0", source: [[1, 2, 30, 40, 0.9, 0]], edge: [] },
    ];
    const parity = {
      check: "parity",
      status: "fail",
      kind: "wrong",
      message: toMessage("a box is missing"),
      details: { boxes },
    } as const;
    const page = pageText(
      modelPage({
        verdict: sampleVerdict({ outcome: "fail", checks: [parity] }),
      }),
    );
    expect(page).toContain("Source · 1 box ");
    expect(page).toContain("Edge model · 0 boxes");
    expect(page).toContain("wrong : a box is missing");
  });

  it("draws the most confident of very many boxes, and says so", () => {
    const many = Array.from({ length: 100 }, (_, index) => [
      index,
      1,
      index + 9,
      20,
      index / 1000,
      0,
    ]);
    const boxes = [{ case: "real-0", source: many, edge: many }];
    const parity = {
      check: "parity",
      status: "pass",
      message: toMessage("equal"),
      details: { boxes },
    } as const;
    const page = modelPage({ verdict: sampleVerdict({ checks: [parity] }) });
    expect(pageText(page)).toContain(
      "100 boxes, the 20 most confident are drawn",
    );
    expect(page.match(/<rect x="\d+" y="1" /g)).toHaveLength(40);
  });
});
