// `npm run rules [-- FOLDER]`: the rules of CONTRIBUTING.md that no linter
// holds. Prints one line a problem, `file:line: what is wrong and what to do`.
import { resolve } from "node:path";
import { importCircles } from "./rules/circles.mjs";
import { namedEngines } from "./rules/engine-names.mjs";
import { branchesOnEnglish } from "./rules/english.mjs";
import { longFiles } from "./rules/file-length.mjs";
import { upwardImports } from "./rules/layers.mjs";
import { mockedModules } from "./rules/mocks.mjs";
import { importedProcess } from "./rules/process.mjs";
import { reportImports } from "./rules/report-imports.mjs";
import { readSources } from "./rules/sources.mjs";
import { readTexts } from "./rules/texts.mjs";
import { bannedWords, bareCode } from "./rules/words.mjs";

const RULES = [
  upwardImports,
  importCircles,
  reportImports,
  importedProcess,
  branchesOnEnglish,
  namedEngines,
  longFiles,
  mockedModules,
];

const root = resolve(process.argv[2] ?? ".");
const sources = readSources(root);
const texts = readTexts(root);
const problems = [
  ...RULES.flatMap((rule) => rule(sources)),
  ...bannedWords(texts),
  ...bareCode(texts),
];

for (const { file, line, message } of problems)
  console.error(`${file}:${line}: ${message}`);
if (sources.size === 0) console.error(`${root} holds no code`);

process.exitCode = problems.length > 0 || sources.size === 0 ? 1 : 0;
