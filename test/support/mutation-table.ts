/** One variant of a converted model, and what validation said of it. */
export interface TriedMutation {
  model: string;
  title: string;
  /** The check that must find it; null for a harmless one. */
  found: string | null;
  outcome: string;
  /** The checks that failed. */
  by: string[];
}

/** A page of Markdown. */
export function mutationTable(tried: readonly TriedMutation[]): string {
  const wrong = tried.filter(({ found }) => found !== null);
  const harmless = tried.filter(({ found }) => found === null);
  const red = wrong.filter(({ outcome }) => outcome === "fail").length;
  const green = harmless.filter(({ outcome }) => outcome !== "fail").length;
  return [
    "# What validation is tried on: real models",
    "",
    "A classifier, a detector and a segmentor that MMDeploy converted, and a classifier by the engine torch, are changed by program",
    "(`test/mutations`), and each variant is validated",
    "with the references of its original. Written by `npm run test:mutations`; `npm test` tries every twelfth.",
    "",
    `Of ${wrong.length} wrong variants ${red} are red; of ${harmless.length} harmless ones ${green} are not.`,
    "",
    "## Wrong",
    "",
    "| model | change | failed checks |",
    "| --- | --- | --- |",
    ...wrong.map(
      ({ model, title, by }) =>
        `| ${model} | ${title} | ${by.join(", ") || "none"} |`,
    ),
    "",
    "## Harmless",
    "",
    "| model | change | outcome |",
    "| --- | --- | --- |",
    ...harmless.map(
      ({ model, title, outcome }) => `| ${model} | ${title} | ${outcome} |`,
    ),
    "",
  ].join("\n");
}
