import { objectIn } from "../document/json-object.ts";

/** Key of a publication's commit: seconds that its models took, by name. */
export const SECONDS_KEY = "model-to-edge.seconds";

/** Bytes: some hundred models. */
const TEXT_LIMIT = 16 << 10;
/** Seconds: no job of GitLab is longer than a month. */
const LONGEST = 30 * 24 * 60 * 60;

/**
 * What a commit says of the seconds that models took: JSON of name to whole seconds, the dearest first. Beyond 16 KiB the
 * cheapest are left out. Null where there is nothing to say.
 */
export function secondsText(
  took: readonly { name: string; seconds: number }[],
): string | null {
  const pieces: string[] = [];
  let bytes = 1;

  for (const { name, seconds } of sorted(took)) {
    const piece = `${JSON.stringify(name)}:${Math.ceil(seconds)}`;
    bytes += Buffer.byteLength(piece) + 1;
    if (bytes > TEXT_LIMIT) break;

    pieces.push(piece);
  }

  return pieces.length > 0 ? `{${pieces.join(",")}}` : null;
}

/** Seconds by name as a commit says them. People may have written anything there: what makes no sense is left out. */
export function readSeconds(text: unknown): ReadonlyMap<string, number> {
  if (typeof text !== "string" || Buffer.byteLength(text) > TEXT_LIMIT)
    return new Map();

  const known = Object.entries(objectIn(text) ?? {}).filter(
    (entry): entry is [string, number] => isDuration(entry[1]),
  );

  return new Map(
    known.map(([name, seconds]) => [name, Math.min(seconds, LONGEST)]),
  );
}

function sorted(took: readonly { name: string; seconds: number }[]) {
  return took
    .filter(({ seconds }) => isDuration(seconds))
    .sort((a, b) => b.seconds - a.seconds || (a.name < b.name ? -1 : 1));
}

function isDuration(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
