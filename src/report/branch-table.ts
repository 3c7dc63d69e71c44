export interface BranchRow {
  git: string | null;
  name: string;
  data: { changedAt: Date; verdict: string } | null;
}

/** A table for a terminal: Git branch, data branch, verdicts, age of the data branch. */
export function renderBranchTable(
  rows: readonly BranchRow[],
  now: Date,
): string {
  const cells = rows.map(({ git, name, data }) => [
    git ?? "(none)",
    data ? name : "(none)",
    data?.verdict ?? "",
    data ? ageOf(data.changedAt, now) : "",
  ]);

  const table = [["Git branch", "data branch", "verdicts", "age"], ...cells];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );

  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );

  return `${lines.join("\n")}\n`;
}

/** `3 min`, `5 h`, `12 days`. */
export function ageOf(then: Date, now: Date): string {
  const minutes = Math.max(
    0,
    Math.floor((now.getTime() - then.getTime()) / 60_000),
  );
  if (minutes < 60) return `${minutes} min`;

  const hours = Math.floor(minutes / 60);

  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
