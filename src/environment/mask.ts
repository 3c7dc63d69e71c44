import type { Variables } from "./ci-values.ts";

/** Replaces secrets in text by `[masked]`. */
export type SecretMask = (text: string) => string;

/** Holds the name of a variable, which people must be able to read. */
const NAME_ONLY = /_VARIABLE$/i;
const SECRET_NAME =
  /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|CREDENTIAL|AUTH|JWT|_PAT$|_PASS$|_KEY$|_KEY_ID$/i;
// A short value would mask ordinary words; GitLab masks from 8 characters on.
const SHORTEST = 8;

/** User and password of any address. */
const LOGIN = /(:\/\/)[^\s/@"'<>`]+@/g;

/**
 * A mask for the values of all variables that sound secret, also URL-encoded, in base64, and line by line, for those
 * that `others` finds elsewhere, and for the login of any address.
 * They are looked up at its first use: `--help` has no time for it.
 */
export function secretMask(
  variables: Variables,
  others: () => readonly string[] = () => [],
): SecretMask {
  let known: readonly string[] | null = null;

  return (text) => {
    known ??= secretsOf(variables, others());
    const masked = known.reduce(
      (rest, value) => rest.replaceAll(value, "[masked]"),
      text,
    );

    return masked.replaceAll(LOGIN, "$1[masked]@");
  };
}

/** A mask that also takes out these values, whatever their variables are called. */
export function alsoMasking(
  mask: SecretMask,
  secrets: readonly string[],
): SecretMask {
  const forms = secrets
    .filter(({ length }) => length >= SHORTEST)
    .flatMap(formsOf)
    .sort((a, b) => b.length - a.length);

  return (text) =>
    forms.reduce((rest, form) => rest.replaceAll(form, "[masked]"), mask(text));
}

function secretsOf(variables: Variables, others: readonly string[]): string[] {
  const values = new Set<string>();
  for (const secret of others.filter(({ length }) => length >= SHORTEST))
    for (const form of formsOf(secret)) values.add(form);

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

  const encoded = [
    base64,
    base64.replace(/=+$/, ""),
    ...inside.filter(({ length }) => length >= SHORTEST),
  ];

  return [
    value,
    ...lines,
    encodeURIComponent(value),
    ...encoded,
    // As addresses and tokens have it.
    ...encoded.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** What stays the same of a value's base64 where `before` other bytes, modulo 3, come first and any may follow. */
function base64Inside(value: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  const from = Math.ceil((before * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);

  return bytes.toString("base64").slice(from, to);
}
