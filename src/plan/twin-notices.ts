import type { ModelFolder } from "../model/find-models.ts";
import { tellApart, twinsAmong } from "../store/twins.ts";
import { someNames } from "../text/some-names.ts";

/** A line for each group of models, or of files of one model, that many machines take for one. */
export function inputTwins(folders: readonly ModelFolder[]): string[] {
  return [
    ...twinsAmong(folders.map(({ name }) => name)).map((names) =>
      twinNotice(names, "models"),
    ),
    ...folders.flatMap(({ files }) => fileTwins(files.map(({ path }) => path))),
  ];
}

/** The same of files, by their paths. */
export function fileTwins(paths: readonly string[]): string[] {
  return twinsAmong(paths).map((names) => twinNotice(names, "files"));
}

function twinNotice(
  names: readonly string[],
  what: "models" | "files",
): string {
  return `${someNames(tellApart(names))}: names of ${what} that differ only in capitals or in the Unicode form of a letter; most Macs and Windows take them for one, so that nothing can be fetched or converted there: rename one`;
}
