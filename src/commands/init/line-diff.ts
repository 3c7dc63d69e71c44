/**
 * What changes from one text to another, a line each: `+` added, `-` removed, a blank kept; lines that are equal at both
 * ends are left out, but for `around` of them on each side. Empty where nothing changes.
 */
export function lineDiff(was: string, is: string, around = 0): string[] {
  if (was === is) return [];

  const [before, after] = [linesOf(was), linesOf(is)];
  const start = equalLines(before, after);
  const end = equalLines(
    before.slice(start).reverse(),
    after.slice(start).reverse(),
  );

  const tail = before.length - end;
  const marked = (lines: readonly string[], mark: string) =>
    lines.map((line) => `${mark} ${line}`);

  return [
    ...marked(before.slice(Math.max(0, start - around), start), " "),
    ...marked(before.slice(start, tail), "-"),
    ...marked(after.slice(start, after.length - end), "+"),
    ...marked(before.slice(tail, tail + around), " "),
  ];
}

/** How many lines are equal from the beginning. */
function equalLines(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length) {
    if (left[count] !== right[count]) break;
    count += 1;
  }

  return count;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
