import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** Options and other words of a program. Ends it with 2, without a stack trace, where it has no such option. */
export function wordsOf(options = {}) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(error.message);
  }
}

/** Ends the program as a mistake of who called it: what is wrong, and the usage that stands at the file's head. */
export function refuse(problem) {
  const [head] = readFileSync(process.argv[1], "utf8").split(/^(?!\/\/)/m, 1);
  const usage = /usage: .*/i.exec(head)?.[0] ?? "";
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}

/** A whole number that is not negative. */
export function wholeNumber(text) {
  return /^\d+$/.test(text)
    ? Number(text)
    : refuse(`${text} is not a whole number`);
}
