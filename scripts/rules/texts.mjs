// What people read, by file: the strings of programs, the pages, and the
// descriptions in templates and schemas.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { codeStrings } from "./code-strings.mjs";
import { lineAt } from "./sources.mjs";

const PLACES = [
  ...["src", "components", "templates", "schemas", "docs", "."],
  // Its titles are what `npm run test:mutations` writes into docs/.
  "test/mutations",
];
const NOT_OURS =
  /(^|\/)(node_modules|dist|__pycache__|\.[^/]+)\/|demo\/configs\//;
/** Pages that list the words of others, or words that are gone. */
const FOREIGN = /^(CHANGELOG|docs\/(models|onnx-backend|mutations))\.md$/;
const DESCRIPTION =
  /"(?:description|title|why|\$comment)"\s*:\s*"((?:\\.|[^"\\])*)"/g;
const KINDS = {
  ts: codeStrings,
  py: codeStrings,
  md: proseOf,
  yml: (text) => [{ text, index: 0 }],
  json: (text) =>
    [...text.matchAll(DESCRIPTION)].map((match) => ({
      text: match[1],
      index: match.index + match[0].indexOf(match[1]),
    })),
};

/** All texts below a root: `{file, text, before, lineOf(index in text)}`; `before` is the code before it. */
export function readTexts(root) {
  return PLACES.flatMap((place) => filesIn(root, place)).flatMap((file) => {
    const whole = readFileSync(join(root, file), "utf8");
    const kind = file.slice(file.lastIndexOf(".") + 1);

    return KINDS[kind](whole, kind).map(({ text, index }) => ({
      file,
      text,
      before: whole.slice(Math.max(0, index - 40), index),
      lineOf: (at) => lineAt(whole, index + at),
    }));
  });
}

function filesIn(root, place) {
  const top = join(root, place);
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [];

  return readdirSync(top, { recursive: place !== "." })
    .map((name) => (place === "." ? name : `${place}/${name}`))
    .filter((file) => /\.(ts|py|md|yml|json)$/.test(file))
    .filter((file) => place !== "." || file.endsWith(".md"))
    .filter((file) => !NOT_OURS.test(file) && !FOREIGN.test(file))
    .filter((file) => statSync(join(root, file)).isFile())
    .sort();
}

/** A page without its code and the list of such words, as blanks. */
function proseOf(text) {
  const blank = (code) => code.replaceAll(/[^\n]/g, " ");
  const prose = text
    .replace(/^## Style\n[\s\S]*?(?=^## )/m, blank)
    .replaceAll(/^( *)(`{3,})[^`]*?^\1\2/gms, blank)
    .replaceAll(/`[^`\n]+`|\]\([^)\n]*\)/g, blank);

  return [{ text: prose, index: 0 }];
}
