/** Replaces secrets in text by `[masked]`. */
export type SecretMask = (text: string) => string;

/** Holds the name of a variable, which people must be able to read. */
const NAME_ONLY = /_VARIABLE$/i;
const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|ACCESS_KEY|API_KEY|AUTH/i;
// A short value would mask ordinary words; GitLab masks from 8 characters on.
const SHORTEST = 8;

/**
 * A mask for the values of all variables that sound secret, also URL-encoded, in base64, and line by line.
 * They are looked up at its first use: `--help` has no time for it.
 */
export function secretMask(
  env: Readonly<Record<string, string | undefined>>,
): SecretMask {
  let known: readonly string[] | null = null;
  return (text) => {
    known ??= secretsOf(env);
    return known.reduce(
      (masked, value) => masked.replaceAll(value, "[masked]"),
      text,
    );
  };
}

function secretsOf(
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const values = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (
      !value ||
      value.length < SHORTEST ||
      !SECRET_NAME.test(name) ||
      NAME_ONLY.test(name)
    )
      continue;
    for (const form of formsOf(value)) values.add(form);
  }

  return [...values].sort((a, b) => b.length - a.length);
}

function formsOf(value: string): string[] {
  // A key of several lines is printed line by line.
  const lines = value.includes("\n")
    ? value.split(/\r?\n/).filter((line) => line.length >= 2 * SHORTEST)
    : [];

  const base64 = Buffer.from(value).toString("base64");

  return [
    value,
    ...lines,
    encodeURIComponent(value),
    base64,
    base64.replace(/=+$/, ""),
  ];
}
