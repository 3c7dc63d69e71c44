/** Names that one line holds. */
const NAMED = 5;

/** The first names, and how many there are beside them: a line about a thousand models stays readable. */
export function someNames(names: readonly string[], most = NAMED): string {
  const more = names.length - most;

  return `${names.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** `items` whose text is the same, in the order of the first of each group. */
export function alike<T>(
  items: readonly T[],
  textOf: (item: T) => string,
): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();

  for (const item of items) {
    const text = textOf(item);
    const group = groups.get(text);
    if (group) group.push(item);
    else groups.set(text, [item]);
  }

  return [...groups.values()];
}

/** What the same is said of. */
export interface SameText<T> {
  text: string;
  names: string[];
  items: [T, ...T[]];
}

/** Each text once, with the names of the items that it is said of. */
export function byText<T extends { name: string }>(
  items: readonly T[],
  textOf: (item: T) => string,
): SameText<T>[] {
  return alike(items, textOf).map((group) => ({
    text: textOf(group[0]),
    names: group.map(({ name }) => name),
    items: group,
  }));
}
