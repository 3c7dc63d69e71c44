// No text for people uses a word that CONTRIBUTING.md's "Style" rules out.
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
