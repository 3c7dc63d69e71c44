import { describe, expect, it } from "vitest";
import { renderLogSummary } from "../../src/report/log-summary.ts";
import { code, sentence } from "../../src/text/message.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";

const NOWHERE = {
  report: { path: null, url: null },
  docs: "https://docs.test",
  spent: null,
};

describe("renderLogSummary", () => {
  it("tells a stranger what happened and where the result is", () => {
    const models = [
      summaryModel({ answer: [{ text: "it equals its source" }] }),
    ];
    expect(
      renderLogSummary(sampleSummary({ models }), {
        ...NOWHERE,
        report: {
          path: "out/report/report.html",
          url: "https://git.test/-/jobs/1/artifacts/file/out/report.html",
        },
        spent: { total: 52, plan: 2.2, publish: 3.1 },
      }),
    ).toEqual([
      "",
      "  ✓ detector  may ship. It equals its source.",
      "result: published to lakefs://vision, branch feature--foo, commit 4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce (3 files, 28 MB)",
      "  look: https://lakefs.test/repositories/vision/objects?ref=4e07408562be&path=edge/",
      "  fetch: model-to-edge fetch lakefs://vision/4e07408562be/detector detector",
      "  verify: model-to-edge verify detector",
      "time: 52 s (plan 2.2 s, download 0.4 s, engine 38 s, validate 4.1 s, stage 0.9 s, publish 3.1 s, other 3.1 s)",
      "report: out/report/report.html",
      "report: https://git.test/-/jobs/1/artifacts/file/out/report.html",
      "",
      "detector may ship",
      "exit code 0: success",
    ]);
  });

  it("says how long the run took, not more, where models were done side by side", () => {
    const timings = { engine: 40, validate: 4 };
    const models = ["a", "b"].map((name) => summaryModel({ name, timings }));
    const lines = renderLogSummary(sampleSummary({ models }), {
      ...NOWHERE,
      spent: { total: 50, plan: 2, publish: 3 },
    });
    expect(lines.filter((line) => line.startsWith("time: "))).toEqual([
      "time: 50 s (plan 2 s, engine 1 min 20 s, validate 8 s, publish 3 s; some side by side)",
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
      timings: { engine: 40, "engine.export": 30, validate: 4.1 },
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
      verify: null,
    } as const;
    const summary = sampleSummary({
      models: [red, summaryModel({ answer: [], timings: {} })],
      publication,
      notices: ["stale"],
      exit_code: 1,
    });
    expect(renderLogSummary(summary, NOWHERE)).toEqual([
      "",
      "  ✓ detector    may ship",
      "  notice: stale",
      `result: nothing was published: ${reason}`,
      "time: 44 s (engine 40 s, validate 4.1 s)",
      "",
      "1 of 2 models may not ship: classifier",
      "  ✗ classifier  may not ship: wrong. It is wrong. Output dets differs.",
      "      load: load fails",
      "      next: train again",
      "      reproduce: model-to-edge run x",
      "      more: https://docs.test/what-green-means.md#parity-in-words",
      "exit code 1: a model may not ship: a check failed, or its files do not match",
    ]);
  });

  it("counts what passed, and has what needs work last, the gravest at the end", () => {
    const models = [
      ...[..."abcdefg"].map((name) => summaryModel({ name })),
      summaryModel({ name: "h", status: "unchanged" }),
      ...(["wrong", "not-checked", "unproven", "warning"] as const).map((why) =>
        summaryModel({ name: why, why, ships: why === "warning" }),
      ),
    ];
    const lines = renderLogSummary(sampleSummary({ models }), NOWHERE);
    expect(
      lines
        .filter((line) => /^ {2}\S/.test(line))
        .map((line) => line.replace(/(may|could).*/, "").trim()),
    ).toEqual([
      "✓ 8 models",
      "! warning",
      expect.stringMatching(/^look/),
      expect.stringMatching(/^fetch/),
      expect.stringMatching(/^verify/),
      "x not-checked",
      "? unproven",
      "✗ wrong",
    ]);
    expect(lines[1]).toBe(
      "  ✓ 8 models may ship, 1 of them unchanged: a, b, c, d, e and 3 more",
    );
  });

  it("says so where there was nothing to do", () => {
    const publication = {
      status: "none",
      commit: null,
      url: null,
      reason: null,
      fetch: null,
      verify: null,
    } as const;
    const notices = ["the store has no branch feature--foo"];
    expect(
      renderLogSummary(sampleSummary({ models: [], publication, notices }), {
        ...NOWHERE,
      }),
    ).toEqual([
      "",
      "  notice: the store has no branch feature--foo",
      "result: nothing was published: publication was not requested",
      "",
      "Nothing to do",
      "exit code 0: success",
    ]);
  });
});
