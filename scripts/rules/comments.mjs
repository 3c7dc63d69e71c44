// TypeScript without its comments, so that a rule reads code only.

const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/;
// A slash after an operator or a bracket begins a regular expression.
const PATTERN =
  /(?<=[=(,:?&|!;{}[\n]\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
const TOKEN = new RegExp(
  `(${STRING.source}|${PATTERN.source})|${COMMENT.source}`,
  "g",
);

/** The same text, of the same lines, with comments as blanks. */
export function withoutComments(text) {
  return text.replaceAll(
    TOKEN,
    (token, code) => code ?? token.replaceAll(/[^\n]/g, " "),
  );
}
