import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../src/errors.ts";
import { withheldReason } from "../../src/publish/withheld.ts";
import { renderCodeQuality } from "../../src/report/code-quality.ts";
import { renderLogSummary } from "../../src/report/log-summary.ts";
import { renderModelPage } from "../../src/report/model-page.ts";
import { renderNote } from "../../src/report/note.ts";
import { NO_LINKS } from "../support/report-samples.ts";
import { renderJunit, renderRunPage } from "../support/whole-reports.ts";
import { type RunQuestion, runDocuments } from "./run-documents.ts";

const CASES: [ships: boolean, question: RunQuestion][] = [
  [true, { checks: "pass", failOn: "fail" }],
  [true, { checks: "pass", failOn: "warn" }],
  [true, { checks: "warn", failOn: "fail" }],
  [false, { checks: "warn", failOn: "warn" }],
  [false, { checks: "wrong", failOn: "fail" }],
  [false, { checks: "unproven", failOn: "fail" }],
  [true, { checks: "pass", failOn: "warn", reused: true }],
  [true, { checks: "warn", failOn: "fail", reused: true }],
  [false, { checks: "warn", failOn: "warn", reused: true }],
  ...(["input", "mismatch", "refused", "external", "bug"] as FailureKind[]).map(
    (failure): [boolean, RunQuestion] => [false, { failure, failOn: "fail" }],
  ),
];

const NO = /may not ship|could not be/;
const YES = /may ship/;

function expectAnswer(ships: boolean, text: string): void {
  expect(YES.test(text), text).toBe(ships);
  expect(NO.test(text), text).toBe(!ships);
}

describe.each(CASES)("a model that ships (%s): %o", (ships, question) => {
  const documents = runDocuments(question);
  const { plan, summary, models, converted } = documents;

  it("the note", () =>
    expectAnswer(
      ships,
      renderNote(summary, {
        links: NO_LINKS,
        changes: null,
        picture: null,
        version: "1",
      }),
    ));

  it("the run's page", () =>
    expectAnswer(
      ships,
      renderRunPage({
        summary,
        models,
        version: "1",
        docs: "https://git.test/docs",
      }),
    ));

  it("the log", () =>
    expectAnswer(
      ships,
      renderLogSummary(summary, {
        report: { path: null, url: null },
        docs: "",
        spent: null,
      }).join("\n"),
    ));

  it("JUnit", () =>
    expect(
      /<(failure|error) /.test(renderJunit(models, "https://docs.test")),
    ).toBe(!ships));

  it("code quality", () => {
    const place = { path: "conversion.yaml", line: 1 };
    const findings: { severity: string }[] = JSON.parse(
      renderCodeQuality(models, () => place),
    );

    const grave = findings.filter(({ severity }) => severity !== "minor");
    expect(grave.length > 0).toBe(!ships);
  });

  it("the exit code", () => expect(summary.exit_code === 0).toBe(ships));

  it("the publication", () => {
    const asked = { ...plan, publish: "all" as const };
    expect(withheldReason(asked, [converted]) === null).toBe(ships);
  });
});

const JUDGED = CASES.filter(([, { checks, reused }]) => checks && !reused);

it.each(JUDGED)("the model's page says %s for %o", (ships, question) => {
  const { conversion, verdict } = runDocuments(question).converted;
  if (!verdict) throw new Error("nothing was judged");

  expectAnswer(
    ships,
    renderModelPage({ verdict, conversion, previews: [], contract: null }),
  );
});
