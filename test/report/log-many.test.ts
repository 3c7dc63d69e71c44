import { expect, it } from "vitest";
import { renderLogOpening } from "../../src/report/log-opening.ts";
import { renderLogSummary } from "../../src/report/log-summary.ts";
import { sampleSummary, summaryModel } from "../support/report-samples.ts";
import { plannedModel, samplePlan } from "../support/sample-plan.ts";

const END = {
  report: { path: null, url: null },
  docs: "https://docs.test",
  spent: null,
};
const NAMES = Array.from({ length: 1000 }, (_, n) => `m${n}`);

/** A model that could not be converted. */
function broken(name: string, cause: string) {
  return summaryModel({
    ...{ name, status: "failed", verdict: null, ships: false },
    ...{ why: "not-converted", answer: [] },
    because: [{ text: cause }],
    next: [{ text: "name another engine" }],
    reproduce: `model-to-edge run --models ${name}`,
    reasons: [
      {
        check: "engine-unknown",
        status: "failed",
        code: "engine-unknown",
        parts: [{ text: cause }],
      },
    ],
  });
}

it("one cause of a thousand models stands once in the log, with the first names", () => {
  const models = NAMES.map((name) => broken(name, "unknown engine"));
  const lines = renderLogSummary(sampleSummary({ models, exit_code: 2 }), END);
  const headline = lines.findIndex((line) => line.startsWith("1000 of 1000"));

  expect(lines.slice(headline + 1)).toEqual([
    "  x m0, m1, m2, m3, m4 and 995 more  could not be converted. Unknown engine.",
    "      next: name another engine",
    "      reproduce (m0, the first of 1000): model-to-edge run --models m0",
    "      more: https://docs.test/errors.md#engine-unknown",
    expect.stringMatching(/^exit code 2/),
  ]);
});

it("a thousand causes leave the log short, and the gravest in it", () => {
  const models = [
    summaryModel({ name: "bad", ships: false, why: "wrong", verdict: "fail" }),
    ...NAMES.map((name) => broken(name, `${name} is damaged`)),
  ];
  const lines = renderLogSummary(sampleSummary({ models }), END);

  expect(lines.length).toBeLessThan(120);
  expect(lines).toContain(
    "  976 more models with other findings, in the report: m0, m1, m2, m3, m4 and 971 more",
  );
  expect(lines.findIndex((line) => line.includes("✗ bad "))).toBeGreaterThan(
    lines.findIndex((line) => line.includes("x m999 ")),
  );
});

it("a thousand warnings and notices leave the log short", () => {
  const models = NAMES.map((name) =>
    summaryModel({ name, why: "warning", answer: [{ text: `of ${name}` }] }),
  );
  const notices = NAMES.map((name) => `${name}: someone changed it`);
  const lines = renderLogSummary(sampleSummary({ models, notices }), END);

  expect(lines.length).toBeLessThan(80);
  expect(lines).toContain("  And 980 more: see the report.");
});

it("the opening says one reason of a thousand refused models once, and stays short with a thousand reasons", () => {
  const opening = (reasonOf: (name: string) => string) =>
    renderLogOpening(
      samplePlan({
        models: NAMES.map((name) =>
          plannedModel({
            ...{ name, decision: "refused" },
            failure: {
              ...{ kind: "input", code: "engine-unknown" },
              ...{ message: reasonOf(name), hint: "name another" },
            },
          }),
        ),
      }),
    );

  expect(opening(() => "unknown engine").slice(1)).toEqual([
    "1000 models refused (other models continue): m0, m1, m2, m3, m4 and 995 more",
    "  x m0, m1, m2, m3, m4 and 995 more  unknown engine",
    "      next: name another",
  ]);

  const many = opening((name) => `${name} is damaged`);
  expect(many.length).toBeLessThan(60);
  expect(many.at(-1)).toBe(
    "  975 more models, in `plan.json`: m25, m26, m27, m28, m29 and 970 more",
  );
});
