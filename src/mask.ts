import type { Variables } from "./ci-values.ts";

/** Replaces secrets in text by `[masked]`. */
export type SecretMask = (text: string) => string;

/** Holds the name of a variable, which people must be able to read. */
const NAME_ONLY = /_VARIABLE$/i;
const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|CREDENTIAL|AUTH|JWT|_PAT$|_PASS$|_KEY$|_KEY_ID$/i;
// A short value would mask ordinary words; GitLab masks from 8 characters on.
const SHORTEST = 8;

/**
 * A mask for the values of all variables that sound secret, also URL-encoded, in base64, and line by line.
 * They are looked up at its first use: `--help` has no time for it.
 */
export function secretMask(variables: Variables): SecretMask {
  let known: readonly string[] | null = null;
  return (text) => {
    known ??= secretsOf(variables);
    return known.reduce(
      (masked, value) => masked.replaceAll(value, "[masked]"),
      text,
    );
  };
}

function secretsOf(variables: Variables): string[] {
  const values = new Set<string>();
  for (const [name, value] of Object.entries(variables)) {
    if (!value || NAME_ONLY.test(name)) continue;

    const secrets = SECRET_NAME.test(name) ? [value] : loginsIn(value);
    for (const secret of secrets.filter(({ length }) => length >= SHORTEST))
      for (const form of formsOf(secret)) values.add(form);
  }

  return [...values].sort((a, b) => b.length - a.length);
}

/** Passwords of addresses such as `https://user:password@host`, as variables of GitLab and of proxies hold them. */
function loginsIn(value: string): string[] {
  return [...value.matchAll(/:\/\/[^\s/:@]*:([^\s/@]+)@/g)].flatMap(
    ([, password = ""]) => [password, decoded(password)],
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formsOf(value: string): string[] {
  // A key of several lines is printed line by line.
  const lines = value.includes("\n")
    ? value.split(/\r?\n/).filter((line) => line.length >= 2 * SHORTEST)
    : [];

  const base64 = Buffer.from(value).toString("base64");
  const inside = [1, 2].map((before) => base64Inside(value, before));

  return [
    value,
    ...lines,
    encodeURIComponent(value),
    base64,
    base64.replace(/=+$/, ""),
    ...inside.filter(({ length }) => length >= SHORTEST),
  ];
}

/** What stays the same of a value's base64 where `before` other bytes, modulo 3, come first and any may follow. */
function base64Inside(value: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);

  return bytes.toString("base64").slice(from, to);
}
