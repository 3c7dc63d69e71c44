import { createHash } from "node:crypto";
import { plain } from "../message.ts";
import { plainLine } from "../plain-text.ts";
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
        fingerprint: createHash("sha256")
          .update(JSON.stringify([name, check, index]))
          .digest("hex"),
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

function problemsOf({ summary, conversion, verdict }: ReportModel): Problem[] {
  const { failure } = conversion ?? {};
  if (summary.status === "failed")
    return [
      {
        check: failure?.code ?? "conversion",
        message: summary.sentence,
        severity: "blocker",
      },
    ];

  return (verdict?.checks ?? []).flatMap(
    ({ check, status, kind, ...result }): Problem[] => {
      const message = plain(result.message);
      if (status === "warn") return [{ check, message, severity: "minor" }];

      if (status === "fail")
        return [
          {
            check,
            message,
            severity: kind === "unproven" ? "major" : "critical",
          },
        ];

      return [];
    },
  );
}
