// What the process was given (environment, arguments, streams, folder) and its
// end belong to the entries. Biome's noRestrictedGlobals keeps the global out;
// this rule, an import. Facts of the machine may be imported by name.
import { withoutComments } from "./comments.mjs";
import { lineAt } from "./sources.mjs";

const ENTRIES = new Set(["src/cli.ts", "src/main.ts", "src/worker.ts"]);
const FACTS = new Set(
  "arch availableMemory cpuUsage execPath getegid geteuid getgid getuid hrtime kill memoryUsage pid platform ppid resourceUsage version versions".split(
    " ",
  ),
);
const IMPORT = /\bimport\s+([^;"]*?)\s*from\s+"(?:node:)?process"/g;
const OTHER_WAYS =
  /\bglobalThis\s*(?:\?\.|\.|\[")process\b|\bimport\(\s*"(?:node:)?process"/g;

/** One problem an import of more than facts outside the entries. */
export function importedProcess(sources) {
  return [...sources]
    .filter(([path]) => path.startsWith("src/") && !ENTRIES.has(path))
    .flatMap(([file, text]) => {
      const code = withoutComments(text);
      const imports = [...code.matchAll(IMPORT)].filter(
        ([, names]) => !isFacts(names),
      );
      return [...imports, ...code.matchAll(OTHER_WAYS)].map(({ index }) => ({
        file,
        line: lineAt(code, index),
        message: "only the entries touch process: hand in what you need of it",
      }));
    });
}

/** `{ kill, getuid }`, and nothing but facts in it. */
function isFacts(clause) {
  const names = /^\{([^}]*)\}$/.exec(clause.trim())?.[1].split(",") ?? [""];
  return names
    .map((name) => name.replace(/\sas\s.*/s, "").trim())
    .filter((name, place) => name !== "" || place === 0)
    .every((name) => FACTS.has(name));
}
