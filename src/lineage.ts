/** What a model was trained from, as training and people say it; travels with the model, and decides nothing. */
export interface Lineage {
  /** 64 hex each: fingerprints of the run that made the checkpoint. */
  parent_spec_fp?: string;
  parent_exec_fp?: string;
  /** Of MLflow, AzureML or another tracker. */
  parent_training_run_id?: string;
}

export type LineageKey = keyof Lineage;

/** How training's own file may call what is the parent's for us, the clearest first. */
const NAMES: Record<LineageKey, readonly string[]> = {
  parent_spec_fp: ["parent_spec_fp", "spec_fp"],
  parent_exec_fp: ["parent_exec_fp", "exec_fp"],
  parent_training_run_id: [
    ...["parent_training_run_id", "training_run_id", "run_id"],
  ],
};
const KEYS = Object.keys(NAMES) as LineageKey[];

const FINGERPRINT = /^[0-9a-f]{64}$/;
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * The lineage that an object says: of training's own file, or of `conversion.yaml`. A text instead where a value can be
 * none, with the key.
 */
export function lineageIn(
  data: Readonly<Record<string, unknown>>,
): { lineage: Lineage } | { problem: string } {
  const lineage: Lineage = {};
  for (const key of KEYS) {
    const name = NAMES[key].find((each) => said(data[each]));
    if (name === undefined) continue;

    const value = data[name];
    const form = key === "parent_training_run_id" ? RUN_ID : FINGERPRINT;
    if (typeof value !== "string" || !form.test(value))
      return { problem: `${name} ${shown(value)} is not ${FORMS[key]}` };

    lineage[key] = value;
  }

  return { lineage };
}

const FORMS: Record<LineageKey, string> = {
  parent_spec_fp: "a fingerprint of 64 hex digits",
  parent_exec_fp: "a fingerprint of 64 hex digits",
  parent_training_run_id:
    "a run's id (letters, digits, dots, dashes, underscores; at most 128)",
};

/** Both together. A text where they contradict each other. */
export function mergedLineage(
  left: Lineage,
  right: Lineage,
): { lineage: Lineage } | { problem: string } {
  const key = KEYS.find(
    (each) => left[each] && right[each] && left[each] !== right[each],
  );
  if (key) return { problem: `${key} is ${left[key]} and ${right[key]}` };

  return { lineage: { ...left, ...right } };
}

export function isEmptyLineage(lineage: Lineage): boolean {
  return KEYS.every((key) => lineage[key] === undefined);
}

/** Training writes what it does not know as null or "". */
function said(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 80);
}
