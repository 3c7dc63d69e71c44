/**
 * What changes from one text to another, a line each: `+` added, `-` removed, a blank kept; lines that are equal at both
 * ends are left out. Empty where nothing changes.
 */
export function lineDiff(was: string, is: string): string[] {
  const [before, after] = [linesOf(was), linesOf(is)];
  const start = equalLines(before, after);
  const end = equalLines(
    before.slice(start).reverse(),
    after.slice(start).reverse(),
  );

  return [
    ...before.slice(start, before.length - end).map((line) => `- ${line}`),
    ...after.slice(start, after.length - end).map((line) => `+ ${line}`),
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
