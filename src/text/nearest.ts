import { someNames } from "./some-names.ts";

/** The known name that a person most likely meant, or null where none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: editDistance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);

  const [best] = ranked;
  // Half of a short name is another name.
  const most = Math.min(
    Math.max(2, Math.floor(name.length / 3)),
    Math.floor(name.length / 2),
  );

  return best && best.distance <= most ? best.candidate : null;
}

/** Names of a list that a message holds: more than any list of settings has. */
const LISTED = 30;

/** `did you mean "x"?`, or the list of what is known. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near) return `did you mean "${near}"?`;

  return `known: ${listed(known)}`;
}

/** The same for a hint, which says what to do. */
export function advice(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near) return `did you mean "${near}"?`;

  return `use one of ${listed(known)}`;
}

function listed(known: readonly string[]): string {
  return known.length > LISTED ? someNames(known) : known.join(", ");
}

/** Letters to insert, delete or replace to get from one to the other. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replace =
        (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(
        Math.min(
          replace,
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
        ),
      );
    }

    previous = current;
  }

  return previous[b.length] ?? 0;
}
