/** Notices that a note or a log shows: some have one for each model. */
export const NOTICES = 20;

/** A line for each of the first items, and one for how many there are beside them: `where` they all stand. */
export function firstLines<T>(
  items: readonly T[],
  most: number,
  { lineOf, where }: { lineOf: (item: T) => string; where: string },
): string[] {
  const more = moreLine(items.length - most, where);
  return [...items.slice(0, most).map(lineOf), ...(more === "" ? [] : [more])];
}

/** Empty where there are no more. */
export function moreLine(more: number, where: string): string {
  return more > 0 ? `And ${more} more: see ${where}.` : "";
}
