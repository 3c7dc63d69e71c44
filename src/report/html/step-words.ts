/** How a step is drawn: steps of one kind have one colour. */
export type StepKind =
  | "waiting"
  | "plan"
  | "download"
  | "export"
  | "references"
  | "checks"
  | "upload"
  | "publish";

/** In the order of a run. */
export const KINDS: Readonly<Record<StepKind, string>> = {
  waiting: "queue and set-up",
  plan: "plan",
  download: "download",
  export: "export",
  references: "references",
  checks: "checks",
  upload: "upload",
  publish: "publish",
};

const OWN: Readonly<Record<string, StepKind>> = {
  queue: "waiting",
  "set-up": "waiting",
  plan: "plan",
  download: "download",
  "engine.references": "references",
  validate: "checks",
  stage: "upload",
  publish: "publish",
};

/** All that an engine does besides its references is the export. */
export function kindOf(step: string): StepKind {
  return OWN[step] ?? "export";
}

const WORDS: Readonly<Record<string, string>> = {
  "engine.start": "engine: start",
  "engine.end": "engine: end",
  validate: "checks",
  stage: "upload",
};

/** A step for people: what the documents call `validate` and `stage` are the checks and the upload. */
export function stepWords(step: string): string {
  return WORDS[step] ?? step.replace(/^engine\./, "engine: ");
}
