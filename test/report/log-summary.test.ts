import { describe, expect, it } from "vitest";
import { code, sentence } from "../../src/message.ts";
import { renderLogSummary } from "../../src/report/log-summary.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";

describe("renderLogSummary", () => {
  it("tells a stranger what happened and where the result is", () => {
    const models = [
      summaryModel({ answer: [{ text: "it equals its source" }] }),
    ];
    expect(
      renderLogSummary(sampleSummary({ models }), {
        report: "out/report/report.html",
      }),
    ).toEqual([
      "",
      "detector may ship",
      "  ✓ detector  may ship. It equals its source.",
      "result: published to lakefs://vision, branch feature--foo, commit 4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce (3 files, 28 MB)",
      "  look: https://lakefs.test/repositories/vision/objects?ref=4e07408562be&path=edge/",
      "  fetch: lakectl fs download --recursive lakefs://vision/4e07408562be/edge/ edge/",
      "report: out/report/report.html",
    ]);
  });

  it("says what to do where a model is red, and that nothing was published", () => {
    const red = summaryModel({
      name: "classifier",
      verdict: "fail",
      ships: false,
      why: "wrong",
      answer: [{ text: "it is wrong" }],
      because: sentence`output ${code("dets")} differs`,
      next: [{ text: "train again" }],
      reproduce: "model-to-edge run x",
      reasons: ["parity", "load"].map((check) => ({
        check,
        status: "wrong",
        code: "text",
        parts: [{ text: `${check} fails` }],
      })),
    });
    const reason = "classifier may not ship; publish is all or nothing";
    const publication = {
      status: "withheld",
      commit: null,
      url: null,
      reason,
      fetch: null,
    } as const;
    const summary = sampleSummary({
      models: [red, summaryModel({ answer: [] })],
      publication,
      notices: ["stale"],
    });
    expect(renderLogSummary(summary, { report: null })).toEqual([
      "",
      "1 of 2 models may not ship: classifier",
      "  ✓ detector    may ship",
      "  ✗ classifier  may not ship: wrong. It is wrong. Output dets differs.",
      "      load: load fails",
      "      next: train again",
      "      reproduce: model-to-edge run x",
      "  note: stale",
      `result: nothing was published: ${reason}`,
    ]);
  });

  it("says so where there was nothing to do", () => {
    const publication = {
      status: "none",
      commit: null,
      url: null,
      reason: null,
      fetch: null,
    } as const;
    const notices = ["the store has no branch feature--foo"];
    expect(
      renderLogSummary(sampleSummary({ models: [], publication, notices }), {
        report: null,
      }),
    ).toEqual([
      "",
      "Nothing to do",
      "  note: the store has no branch feature--foo",
      "result: nothing was published: it was not requested",
    ]);
  });
});
