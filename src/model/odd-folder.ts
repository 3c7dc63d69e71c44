import { pathProblem } from "../store/paths.ts";
import { wellFormed } from "../text/plain-text.ts";
import { FLAT_NAME, type ModelFolder } from "./find-models.ts";

/** Bytes that a model's name may take with its odd characters escaped: it is a folder's name on the runner. */
const LONGEST = 240;
/** Characters of a name in a message. */
const SHOWN = 100;

/** Why a folder of the store cannot be a model here, in its name or in one of its files; null where it can. */
export function folderProblem({
  name,
  files,
}: Pick<ModelFolder, "name" | "files">): string | null {
  const named = nameProblem(name);
  if (named !== null) return `its name is not a valid folder name: ${named}`;

  for (const { relative, problem } of files) {
    if (relative === "" && problem) return problem;

    const found = problem ?? pathProblem(relative);
    if (found !== null)
      return `\`${shownName(relative)}\` cannot be read as a file: ${found}`;
  }

  return null;
}

/** Why a folder below `modelPath` cannot be one model of several by its name; null where it can. */
export function flatNameProblem(
  { name, folder }: Pick<ModelFolder, "name" | "folder">,
  modelPath: string,
): string | null {
  return name === FLAT_NAME && folder !== modelPath
    ? `its name stands for a model that lies directly in \`${modelPath}/\`: it would be published among the folders of other models`
    : null;
}

function nameProblem(name: string): string | null {
  const problem = pathProblem(name);
  if (problem !== null) return problem;

  const escaped = encodeURIComponent(name).length;
  return escaped > LONGEST
    ? `it takes ${escaped} bytes with special characters escaped; the limit is ${LONGEST}`
    : null;
}

/** A name as it can be printed: what is not text is escaped, and a long one is cut. */
export function shownName(name: string): string {
  if (name === "") return '""';
  const cut = name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name;
  return wellFormed(cut).replaceAll(
    /\p{Cc}/gu,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether a name can stand in documents as it is. */
export function isPlainName(name: string): boolean {
  return pathProblem(name) === null;
}

/** A name of a folder for one that cannot be: escaped, dots too. */
export function safeFolder(shown: string): string {
  return encodeURIComponent(shown).replaceAll(".", "%2E");
}
