// The strings in TypeScript and Python that are sentences, without the code
// between backticks and the values that are put in.

const TEMPLATE_VALUE = /\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|(?<!\$)\{[^{}\n]*\}/g;
const PYTHON =
  /"""[\s\S]*?"""|'''[\s\S]*?'''|#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
const MARKED = /\\?`[^`\n\\]*\\?`/g;

/** Sentences of a file: `{text, index}`, the index in the file. */
export function codeStrings(code, kind) {
  const strings = kind === "py" ? pythonStrings(code) : typescriptStrings(code);

  return strings
    .map(({ text, index }) => ({ index, text: withoutCode(text) }))
    .filter(({ text }) => /[A-Za-z]{2,}[,:;]? [A-Za-z]/.test(text));
}

function withoutCode(text) {
  const blank = (found) => found.replaceAll(/[^\n]/g, "_");
  return text.replaceAll(TEMPLATE_VALUE, blank).replaceAll(MARKED, blank);
}

function pythonStrings(code) {
  return [...code.matchAll(PYTHON)]
    .filter(([found]) => !/^(#|"""|''')/.test(found))
    .map((match) => ({ text: match[0].slice(1, -1), index: match.index + 1 }));
}

const COMMENT_OR_PATTERN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|(?<=[=(,:?&|!;{}[\n]\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//y;
const QUOTED = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/y;

/** Also the strings inside of a template's values, each on its own. */
function typescriptStrings(code) {
  const found = [];
  let at = 0;
  while (at < code.length) at = step(code, at, found);

  return found;
}

/** Reads one comment, pattern, string or character; returns where it ends. */
function step(code, at, found) {
  for (const skipped of [COMMENT_OR_PATTERN, QUOTED]) {
    skipped.lastIndex = at;
    const match = skipped.exec(code)?.[0];
    if (match && skipped === QUOTED)
      found.push({ text: match.slice(1, -1), index: at + 1 });
    if (match) return at + match.length;
  }

  return code[at] === "`" ? template(code, at, found) : at + 1;
}

function template(code, start, found) {
  let at = start + 1;
  while (at < code.length && code[at] !== "`") {
    if (code[at] === "\\") at += 2;
    else if (code.startsWith("${", at)) at = value(code, at + 2, found);
    else at += 1;
  }
  found.push({ text: code.slice(start + 1, at), index: start + 1 });

  return at + 1;
}

/** Reads the value of a template up to its closing brace. */
function value(code, start, found) {
  let at = start;
  for (let depth = 1; depth > 0 && at < code.length; ) {
    if (code[at] === "{") depth += 1;
    if (code[at] === "}") depth -= 1;
    at = step(code, at, found);
  }

  return at;
}
