import type { Summary, SummaryModel } from "./summary.ts";

/** `none`: nothing to judge. */
export type Tone = "pass" | "warn" | "fail" | "none";

/** The answer to "may it ship?", as words and names apart, so that each report can set names as it likes. */
export interface Headline {
  tone: Tone;
  parts: HeadlinePart[];
}

export type HeadlinePart = { text: string } | { name: string };

const NAMED = 3;

/** One sentence that needs no knowledge of ONNX. `exceptions`: how many rules were loosened in Git. */
export function headlineOf(summary: Summary, exceptions = 0): Headline {
  const { models } = summary;
  const red = models.filter((model) => toneOf(model) === "fail");
  const judged = models.filter((model) => toneOf(model) !== "none");
  if (red.length > 0)
    return { tone: "fail", parts: redParts(red, judged.length) };
  if (judged.length === 0)
    return { tone: "none", parts: [{ text: "Nothing to do" }] };

  const warned = judged.filter((model) => toneOf(model) === "warn").length;
  const notes: string[] = [];

  if (warned > 0)
    notes.push(
      judged.length === 1
        ? "with a warning"
        : `${warned} of them with a warning`,
    );

  if (exceptions > 0) notes.push(`with ${count(exceptions, "exception")}`);
  if (isStuck(summary)) notes.push("but nothing was published");

  const subject =
    judged.length === 1
      ? names(judged)
      : [{ text: `All ${judged.length} models` }];

  const parts = [
    ...subject,
    { text: ` may ship${notes.length > 0 ? `, ${notes.join(", ")}` : ""}` },
  ];

  return { tone: warned > 0 || isStuck(summary) ? "warn" : "pass", parts };
}

/** The colour of one model. A model that could not be converted is as red as one that is wrong. */
export function toneOf({ status, verdict }: SummaryModel): Tone {
  if (status === "failed" || verdict === "fail") return "fail";
  if (verdict === "warn") return "warn";
  return verdict === "pass" || status === "unchanged" ? "pass" : "none";
}

/** One word, and what it means. */
export function verdictWord(model: SummaryModel): string {
  const tone = toneOf(model);
  if (tone === "fail")
    return model.verdict === "fail" ? "may not ship" : "not converted";
  if (tone === "none") return "skipped";

  const base = tone === "warn" ? "may ship, warning" : "may ship";

  return model.status === "unchanged" ? `${base} (unchanged)` : base;
}

/** The verdict's sentence without the answer that it begins with: reports say that on their own. */
export function foundOf({
  name,
  sentence,
}: {
  name: string;
  sentence: string;
}): string {
  const rest = sentence.startsWith(`${name} may `)
    ? sentence.slice(name.length)
    : "";

  const found = /^ may (?:not )?ship(?:: |, but )(.+)$/s.exec(rest)?.[1];
  return found ? found.charAt(0).toUpperCase() + found.slice(1) : sentence;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The headline as one line of plain text. */
export function plainHeadline({ parts }: Headline): string {
  return parts.map((part) => ("name" in part ? part.name : part.text)).join("");
}

function redParts(red: SummaryModel[], of: number): HeadlinePart[] {
  const unjudged = red.every((model) => model.verdict !== "fail");
  const verb = unjudged ? " could not be converted" : " may not ship";
  if (of === 1) return [...names(red), { text: verb }];

  const shown = red.slice(0, NAMED);
  const rest =
    red.length > NAMED ? [{ text: ` and ${red.length - NAMED} more` }] : [];

  return [
    { text: `${red.length} of ${of} models${verb}: ` },
    ...names(shown),
    ...rest,
  ];
}

function names(models: SummaryModel[]): HeadlinePart[] {
  return models.flatMap(({ name }, index) =>
    index === 0 ? [{ name }] : [{ text: ", " }, { name }],
  );
}

/** Somebody wanted a publication, nothing is wrong with the models, and yet it did not take place. */
function isStuck({ publication }: Summary): boolean {
  return publication.status === "withheld";
}
