// No text for people uses a word that CONTRIBUTING.md's "Style" rules out, and
// code in a hint stands between backticks: without them a note shows pieces.
import { BANNED } from "./banned-words.mjs";

/** One problem a banned word in a text of `readTexts`. */
export function bannedWords(texts) {
  return texts.flatMap(({ file, text, lineOf }) =>
    BANNED.flatMap(({ words, instead }) =>
      [...text.matchAll(words)].map((match) => ({
        file,
        line: lineOf(match.index),
        message: `"${match[0].trim()}": write "${instead}"`,
      })),
    ),
  );
}

const HINT = /\bhint(?:: (?:str )?|\s*[:=]\s*)\(?\s*f?["'`]$/;
const COMMANDS =
  /(?:^|[\s(])(--[a-z][\w-]*|model-to-edge (?!in\b)[a-z]+|lakectl [a-z]+)/g;

/** One problem a flag or command that a hint of src or of an engine leaves bare. */
export function bareCode(texts) {
  return texts
    .filter(({ file }) => /^(src|components)\//.test(file))
    .filter(({ before }) => before !== undefined && HINT.test(before))
    .flatMap(({ file, text, lineOf }) =>
      [...text.matchAll(COMMANDS)].map((match) => ({
        file,
        line: lineOf(match.index),
        message: `"${match[1]}" in a hint: put code between backticks`,
      })),
    );
}
