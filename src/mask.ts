/** Replaces secrets in text by `[masked]`. */
export type SecretMask = (text: string) => string;

const SECRET_NAME = /TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|ACCESS_KEY|API_KEY|AUTH/i;
// A short value would mask ordinary words; GitLab masks from 8 characters on.
const SHORTEST = 8;

/** A mask for the values of all variables that sound secret, also URL-encoded and in base64. */
export function secretMask(env: Readonly<Record<string, string | undefined>>): SecretMask {
  const values = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (!value || value.length < SHORTEST || !SECRET_NAME.test(name)) continue;
    values.add(value);
    values.add(encodeURIComponent(value));
    values.add(Buffer.from(value).toString("base64"));
  }
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, "[masked]"), text);
}
