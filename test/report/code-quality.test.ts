import { describe, expect, it } from "vitest";
import { renderAnnotations } from "../../src/report/annotations.ts";
import { renderCodeQuality } from "../../src/report/code-quality.ts";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import { reportModel } from "../support/report-model-sample.ts";
import { summaryModel } from "../support/report-samples.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";

const place = () => ({ path: "conversion.yaml", line: 4 });
const render = (...models: Parameters<typeof renderCodeQuality>[0]) =>
  JSON.parse(renderCodeQuality(models, place));
const check = (
  status: "fail" | "warn" | "pass" | "skip",
  kind?: "wrong" | "unproven",
): CheckResult => ({
  ...{
    check: "parity" as const,
    status,
    message: toMessage("line one\nline two"),
    details: {},
  },
  ...(kind && { kind }),
});

describe("renderCodeQuality", () => {
  it("has one finding for each check that is not green, as GitLab wants it", () => {
    const [finding, ...rest] = render(
      reportModel({
        verdict: sampleVerdict({
          checks: [check("fail", "wrong"), check("pass")],
        }),
      }),
    );
    expect(rest).toEqual([]);
    expect(finding).toEqual({
      description: "detector: line one line two",
      check_name: "model-to-edge/parity",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: "critical",
      location: { path: "conversion.yaml", lines: { begin: 4 } },
    });
  });

  it.each([
    [check("fail", "wrong"), "critical"],
    [check("fail", "unproven"), "major"],
    [check("warn"), "minor"],
  ])("grades %o", (result, severity) => {
    expect(
      render(reportModel({ verdict: sampleVerdict({ checks: [result] }) }))[0]
        .severity,
    ).toBe(severity);
  });

  it("is grave about a warning that counts as a failure", () => {
    const summary = summaryModel({ ships: false, why: "warning-fails" });
    const verdict = sampleVerdict({ checks: [check("warn")] });
    expect(render(reportModel({ summary, verdict }))).toMatchObject([
      { check_name: "model-to-edge/parity", severity: "critical" },
    ]);
  });

  it("blocks where a model could not be converted", () => {
    const summary = summaryModel({
      status: "failed",
      sentence: "no checkpoint",
    });
    expect(
      render(reportModel({ summary, verdict: null, conversion: null }))[0]
        .severity,
    ).toBe("blocker");
  });

  it("keeps a finding's fingerprint while its numbers change, and gives each finding its own", () => {
    const print = (message: string, name = "detector") =>
      render(
        reportModel({
          summary: summaryModel({ name }),
          verdict: sampleVerdict({
            checks: [
              { ...check("fail", "wrong"), message: toMessage(message) },
              check("warn"),
            ],
          }),
        }),
      ).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    expect(print("error 0.1")).toEqual(print("error 0.2"));
    expect(new Set([...print("x"), ...print("x", "other")]).size).toBe(4);
  });
});

describe("renderAnnotations", () => {
  it("links what is on the web and leaves out the rest", () => {
    const links = [
      { label: "Report", url: "https://git.test/report.html" },
      { label: "Script", url: "javascript:alert(1)" },
      { label: "None", url: null },
    ];
    expect(JSON.parse(renderAnnotations(links))).toEqual({
      "model-to-edge": [
        {
          external_link: {
            label: "Report",
            url: "https://git.test/report.html",
          },
        },
      ],
    });
    expect(JSON.parse(renderAnnotations([]))).toEqual({});
  });
});
