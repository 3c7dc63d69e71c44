// An engine is a folder in components/: TypeScript that names one would have to
// change with the next.
import { withoutComments } from "./comments.mjs";
import { lineAt } from "./sources.mjs";

/** One problem a place in src, outside of comments, with an engine's name as a word. */
export function namedEngines(sources) {
  const names = engineNames([...sources.keys()]);
  if (names.length === 0) return [];

  const word = new RegExp(`\\b(?:${names.join("|")})\\b`, "g");
  return [...sources]
    .filter(([path]) => path.startsWith("src/"))
    .flatMap(([file, text]) => {
      const code = withoutComments(text);
      return [...code.matchAll(word)].map(({ 0: name, index }) => ({
        file,
        line: lineAt(code, index),
        message: `names the engine ${name}: let its engine.json say what is special about it`,
      }));
    });
}

/** Folders of components/ that hold code, without those for all engines. */
function engineNames(paths) {
  const names = paths.map(
    (path) => /^components\/([a-z][a-z0-9-]*)\//.exec(path)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}
