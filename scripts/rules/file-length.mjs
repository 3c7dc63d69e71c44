// No file of code is longer than a reader keeps in mind.
const LIMIT = 250;

/** One problem a file of more than 250 lines. */
export function longFiles(sources) {
  return [...sources]
    .map(([file, text]) => [file, text.split("\n").length - 1])
    .filter(([, lines]) => lines > LIMIT)
    .map(([file, lines]) => ({
      file,
      line: LIMIT + 1,
      message: `${lines} lines, at most ${LIMIT}: split it by what it does`,
    }));
}
