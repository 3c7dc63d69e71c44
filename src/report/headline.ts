import { decisionWords, type Why } from "../decision.ts";
import type { Part } from "../message.ts";
import type { Summary, SummaryModel } from "./summary.ts";

/** How a report colours: `fail` is wrong, `unproven` lacks evidence, `unchecked` could not be judged, `none` was not asked for. */
export type Tone = "pass" | "warn" | "fail" | "unproven" | "unchecked" | "none";

/** The answer to "may it ship?", as words and names apart, so that each report can set names as it likes. */
export interface Headline {
  tone: Tone;
  parts: Part[];
}

const TONES: Record<Why, Tone> = {
  equal: "pass",
  warning: "warn",
  "not-compared": "warn",
  wrong: "fail",
  device: "fail",
  "warning-fails": "fail",
  mismatch: "fail",
  unproven: "unproven",
  "not-converted": "unchecked",
  "not-checked": "unchecked",
  skipped: "none",
};

/** Of several models the gravest colours the run; reports show models in this order. */
const GRAVEST_FIRST: readonly Tone[] = [
  "fail",
  "unproven",
  "unchecked",
  "warn",
  "pass",
  "none",
];

const NAMED = 3;

/** One sentence that needs no knowledge of ONNX. */
export function headlineOf(summary: Summary): Headline {
  const judged = byGravity(
    summary.models.filter(({ why }) => why !== "skipped"),
  );
  const red = judged.filter(({ ships }) => !ships);
  const [first] = judged;

  if (!first) return { tone: "none", parts: [{ text: "Nothing to do" }] };
  if (red.length > 0)
    return { tone: toneOf(first), parts: redParts(red, judged.length) };

  const stuck = isStuck(summary);
  const warned = judged.filter(({ why }) => why === "warning").length;
  const notes = shippingNotes(judged, warned, stuck);
  const subject =
    judged.length === 1
      ? names(judged)
      : [{ text: `All ${judged.length} models` }];

  const isYellow = stuck || judged.some((model) => toneOf(model) === "warn");

  return {
    tone: isYellow ? "warn" : "pass",
    parts: [...subject, { text: [" may ship", ...notes].join(", ") }],
  };
}

/** The colour of one model. */
export function toneOf({ why }: Pick<SummaryModel, "why">): Tone {
  return TONES[why];
}

/** Models that need work come first; equals stay in their order. */
export function byGravity(models: readonly SummaryModel[]): SummaryModel[] {
  const rank = (model: SummaryModel) => GRAVEST_FIRST.indexOf(toneOf(model));
  return models.toSorted((a, b) => rank(a) - rank(b));
}

/** The decision in words, and whether it is an earlier run's. */
export function verdictWord(
  model: Pick<SummaryModel, "why" | "status">,
): string {
  const words = decisionWords(model);
  const how = { unchanged: " (unchanged)", rechecked: " (checked again)" };

  return `${words}${how[model.status as keyof typeof how] ?? ""}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function shippingNotes(
  judged: readonly SummaryModel[],
  warned: number,
  stuck: boolean,
): string[] {
  const notes: string[] = [];
  const many = judged.length > 1;
  const uncompared = judged.filter(({ why }) => why === "not-compared").length;
  const exceptions = judged.flatMap((model) => model.exceptions).length;

  if (warned > 0)
    notes.push(many ? `${warned} of them with a warning` : "with a warning");
  if (uncompared > 0)
    notes.push(
      many
        ? `${uncompared} of them not compared with their source`
        : "not compared with its source",
    );
  if (exceptions > 0) notes.push(`with ${count(exceptions, "exception")}`);
  if (stuck) notes.push("but nothing was published");

  return notes;
}

function redParts(red: readonly SummaryModel[], of: number): Part[] {
  const [first] = red;
  if (of === 1 && first)
    return [...names(red), { text: ` ${decisionWords(first)}` }];

  const shown = red.slice(0, NAMED);
  const rest =
    red.length > NAMED ? [{ text: ` and ${red.length - NAMED} more` }] : [];

  return [
    { text: `${red.length} of ${of} models ${verbOf(red)}: ` },
    ...names(shown),
    ...rest,
  ];
}

function verbOf(red: readonly SummaryModel[]): string {
  if (red.every(({ why }) => why === "not-converted"))
    return "could not be converted";
  if (red.every((model) => toneOf(model) === "unchecked"))
    return "could not be checked";
  return "may not ship";
}

function names(models: readonly SummaryModel[]): Part[] {
  return models.flatMap(({ name }, index) =>
    index === 0 ? [{ name }] : [{ text: ", " }, { name }],
  );
}

/** Somebody wanted a publication, nothing is wrong with the models, and yet it did not take place. */
function isStuck({ publication }: Summary): boolean {
  return publication.status === "withheld";
}
