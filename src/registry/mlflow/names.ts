/** Characters; a longer one MLflow would cut without a word. */
export const LONGEST_TAG = 8000;
const LONGEST_KEY = 250;
const CUT = " … (cut: MLflow keeps 8000 characters)";

export interface MlflowTag {
  key: string;
  value: string;
}

/** Tags as MLflow keeps them: long ones are cut, and say so; empty values are left out. */
export function tagsOf(
  values: Readonly<Record<string, string | null | undefined>>,
): MlflowTag[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value ? [{ key: checkedKey(key), value: cutTag(value) }] : [],
  );
}

function cutTag(value: string): string {
  if (value.length <= LONGEST_TAG) return value;

  const kept = value.slice(0, LONGEST_TAG - CUT.length);
  return kept.replace(/[\ud800-\udbff]$/, "") + CUT;
}

/** Keys are ours: one that MLflow refuses is our bug. */
function checkedKey(key: string): string {
  if (key.length <= LONGEST_KEY && /^[A-Za-z0-9_\-. :/]+$/.test(key))
    return key;

  throw new Error(`MLflow refuses the key ${key}`);
}
