import { decisionWords } from "../decision.ts";
import { hashBytes } from "../disk/hash-file.ts";
import { plain } from "../text/message.ts";
import { plainLine } from "../text/plain-text.ts";
import type { CheckResult } from "../validate/check-result.ts";
import type { ReportModel } from "./report-model.ts";

interface Finding {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: "info" | "minor" | "major" | "critical" | "blocker";
  location: { path: string; lines: { begin: number } };
}

/** Where a finding is shown: the model's configuration in the Git repository, else its folder in the store. */
export interface FindingPlace {
  /** Relative to the repository's root. */
  path: string;
  line: number;
}

/**
 * GitLab's code quality report, JSON.
 * The fingerprint is the same as long as the finding is, so that GitLab can tell new ones from old ones.
 */
export function renderCodeQuality(
  models: readonly ReportModel[],
  placeOf: (name: string) => FindingPlace,
): string {
  const findings = models.flatMap((model) => {
    const { name } = model.summary;
    const place = placeOf(name);

    return problemsOf(model).map(
      ({ check, message, severity }, index): Finding => ({
        description: plainLine(`${name}: ${message}`),
        check_name: `model-to-edge/${check}`,
        fingerprint: hashBytes(JSON.stringify([name, check, index])),
        severity,
        location: { path: place.path, lines: { begin: place.line } },
      }),
    );
  });
  return `${JSON.stringify(findings, null, 2)}\n`;
}

interface Problem {
  check: string;
  message: string;
  severity: Finding["severity"];
}

function problemsOf(model: ReportModel): Problem[] {
  const { summary, conversion, verdict } = model;
  const { status, ships, why, because } = summary;
  const message = plain(because) || decisionWords(summary);

  if (status === "failed") {
    const check = conversion?.failure?.code ?? "conversion";
    return [{ check, message, severity: "blocker" }];
  }

  const problems = (verdict?.checks ?? []).flatMap((check) =>
    problemOf(check, why === "warning-fails"),
  );
  if (ships || problems.some(({ severity }) => severity !== "minor"))
    return problems;

  return [{ check: "verdict", message, severity: "critical" }, ...problems];
}

function problemOf(
  { check, status, kind, ...result }: CheckResult,
  warningsFail: boolean,
): Problem[] {
  const message = plain(result.message);
  if (status === "warn")
    return [{ check, message, severity: warningsFail ? "critical" : "minor" }];
  if (status !== "fail") return [];

  const severity = kind === "unproven" ? "major" : "critical";

  return [{ check, message, severity }];
}
