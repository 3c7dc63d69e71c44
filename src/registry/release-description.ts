import type { Release } from "./release.ts";

/** Changes that are written out; the tag `edge.changes` has all. */
const MOST = 3;

/** What a list of versions shows of each, as Markdown: `1.1.0, verdict pass. Since 1.0.0, weights: …`. */
export function descriptionOf({ release, outcome, since }: Release): string {
  const what = `${release}, verdict ${outcome}.`;
  if (!since) return `${what} The first one.`;

  const { changes } = since;
  const named = changes.slice(0, MOST).map(escaped);
  const more = changes.length - named.length;
  const all = [...named, ...(more > 0 ? [`${more} more`] : [])].join("; ");

  return `${what} Since ${since.release}, ${since.level}: ${all}`;
}

/** Names of a contract are foreign text: no link, picture or tag. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>!#|~]/g, "\\$&");
}
