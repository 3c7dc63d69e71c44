import { decisionWords, decisionWordsOfAll, type Why } from "../decision.ts";
import type { Part } from "../text/message.ts";
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
  refused: "fail",
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

const NAMED = 5;

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
  const warned = judged.filter(({ why }) => why === "warning");
  const subject =
    judged.length === 1
      ? names(judged)
      : [
          {
            text:
              judged.length === 2
                ? "Both models"
                : `All ${judged.length} models`,
          },
        ];

  const isYellow = stuck || judged.some((model) => toneOf(model) === "warn");
  const notes = shippingNotes(judged, stuck).map((text) => [{ text }]);
  const clauses = [...notes, ...warningClause(judged.length, warned)];

  return {
    tone: isYellow ? "warn" : "pass",
    parts: [
      ...subject,
      { text: " may ship" },
      ...clauses.flatMap((clause) => [{ text: ", " }, ...clause]),
    ],
  };
}

/** The warnings of a model, each as parts; none of a verdict of an earlier run, which has one sentence for all. */
export function warningsOf({ why, reasons }: SummaryModel): Part[][] {
  if (why !== "warning") return [];

  return reasons
    .filter(({ status }) => status === "warning")
    .map(({ parts }) => parts);
}

/** Of one model the warning itself, of several their names. */
function warningClause(of: number, warned: readonly SummaryModel[]): Part[][] {
  const [first] = warned;
  if (!first) return [];
  if (of > 1)
    return [
      [
        { text: `${warned.length} of them with a warning: ` },
        ...namesOfSome(warned),
      ],
    ];

  const [warning, ...others] = warningsOf(first);
  if (!warning) return [[{ text: "with a warning" }]];
  const more =
    others.length > 0 ? [{ text: ` (and ${others.length} more)` }] : [];

  return [[{ text: "with a warning: " }, ...warning, ...more]];
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
  stuck: boolean,
): string[] {
  const notes: string[] = [];
  const many = judged.length > 1;
  const uncompared = judged.filter(({ why }) => why === "not-compared").length;
  const exceptions = judged.flatMap((model) => model.exceptions).length;

  if (uncompared > 0)
    notes.push(
      many
        ? `${uncompared} of them not compared with their source models`
        : "not compared with its source model",
    );
  if (exceptions > 0) notes.push(`with ${count(exceptions, "exception")}`);
  if (stuck) notes.push("but nothing was published");

  return notes;
}

function redParts(red: readonly SummaryModel[], of: number): Part[] {
  const [first] = red;
  if (of === 1 && first)
    return [...names(red), { text: ` ${decisionWords(first)}` }];

  return [
    { text: `${red.length} of ${of} models ${decisionWordsOfAll(red)}: ` },
    ...namesOfSome(red),
  ];
}

/** The first few models, and how many there are beside them. */
export function namesOfSome(models: readonly SummaryModel[]): Part[] {
  const more = models.length - NAMED;
  const rest = more > 0 ? [{ text: ` and ${more} more` }] : [];

  return [...names(models.slice(0, NAMED)), ...rest];
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
