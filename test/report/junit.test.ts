import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toMessage } from "../../src/text/message.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import { reportModel } from "../support/report-model-sample.ts";
import { sampleConversion, summaryModel } from "../support/report-samples.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";
import { renderJunit } from "../support/whole-reports.ts";

const failure = {
  kind: "mismatch",
  code: "checkpoint-mismatch",
  message: "does not fit",
  hint: "train again",
} as const;
const DOCS = "https://docs.test";

const failed = (change: Partial<typeof failure> | { kind: "external" }) =>
  reportModel({
    summary: summaryModel({
      status: "failed",
      verdict: null,
      ships: false,
      why: change.kind === "external" ? "not-checked" : "mismatch",
      because: [{ text: "does not fit" }],
      next: [{ text: "train again" }],
    }),
    conversion: sampleConversion({
      status: "failed",
      failure: { ...failure, ...change },
    }),
    verdict: null,
  });

describe("renderJunit", () => {
  it("has a suite per model and a case per check", () => {
    expect(
      renderJunit([reportModel()], DOCS),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="model-to-edge">
  <testsuite name="detector" tests="7" failures="0" errors="0" skipped="1" time="43.642">
    <testcase name="conversion" classname="detector"/>
    <testcase name="file" classname="detector"/>
    <testcase name="structure" classname="detector"/>
    <testcase name="load" classname="detector"/>
    <testcase name="contract" classname="detector"/>
    <testcase name="parity" classname="detector"/>
    <testcase name="shapes" classname="detector"><skipped message="no axis is symbolic"/></testcase>
  </testsuite>
</testsuites>
`);
  });

  it("fails a case with its message and kind, and numbers a second result of the same check", () => {
    const check = {
      check: "parity",
      status: "fail",
      kind: "wrong",
      message: toMessage('a < b & "c"'),
      details: {},
    } as const;
    const verdict = sampleVerdict({ checks: [check, check] });
    const xml = renderJunit([reportModel({ verdict })], DOCS);
    const message = "a &lt; b &amp; &quot;c&quot;";
    expect(xml).toContain(
      `<testcase name="parity 2" classname="detector"><failure message="${message}" type="wrong">${message}&#10;more: https://docs.test/what-green-means.md#parity-in-words</failure></testcase>`,
    );
    expect(xml).toContain('failures="2"');
  });

  it("fails the check that warns where warnings count as failures", () => {
    const model = reportModel({
      summary: summaryModel({ ships: false, why: "warning-fails" }),
    });
    expect(renderJunit([model], DOCS)).toMatch(
      /failures="1" [\s\S]*name="contract" classname="detector"><failure message="the axis height[^"]*" type="warning">/,
    );
  });

  it("tells a finding about the model from a failure of the world", () => {
    expect(renderJunit([failed({})], DOCS)).toContain(
      '<failure message="does not fit&#10;train again" type="checkpoint-mismatch">',
    );
    expect(renderJunit([failed({})], DOCS)).toContain(
      "more: https://docs.test/errors.md#checkpoint-mismatch</failure>",
    );
    expect(renderJunit([failed({ kind: "external" })], DOCS)).toMatch(
      /errors="1".*[\s\S]*<error message="does not fit/,
    );
  });

  it("is well-formed XML 1.0 for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ minLength: 1, unit: "binary" }),
        (name, message) => {
          const check = {
            check: name,
            status: "fail",
            kind: "wrong",
            message: toMessage(message),
            details: {},
          } as unknown as CheckResult;
          const xml = renderJunit(
            [
              reportModel({
                summary: summaryModel({ name }),
                verdict: sampleVerdict({ checks: [check] }),
              }),
            ],
            DOCS,
          );
          expect(xml).not.toMatch(
            // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that XML forbids
            /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u,
          );
          expect(xml.match(/<[^>]*>/g)?.length).toBe(10);
          expect(xml).not.toMatch(/&(?!(amp|lt|gt|quot|#\d+);)/);
        },
      ),
    );
  });
});
