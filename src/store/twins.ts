import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { orMissing } from "../node-error.ts";
import { placeInside } from "./paths.ts";
import type { StoreObject, TransferOptions } from "./store.ts";

/**
 * Groups of paths that differ, and are one where capitals and the Unicode form of a letter do not count, as on most Macs
 * and on Windows; in the order in which the second of each comes.
 */
export function twinsAmong(
  paths: Iterable<string>,
): [string, string, ...string[]][] {
  const firsts = new Map<string, string>();
  const groups = new Map<string, Set<string>>();

  for (const path of paths) {
    const plain = plainOf(path);
    const first = firsts.get(plain);
    if (first === undefined) firsts.set(plain, path);
    else if (first !== path)
      groups.set(plain, (groups.get(plain) ?? new Set()).add(path));
  }

  return [...groups].flatMap(([plain, others]) => {
    const [second, ...more] = others;
    if (second === undefined) return [];
    return [[firsts.get(plain) ?? "", second, ...more]];
  });
}

/**
 * The paths of a group as people can tell them apart: one that looks as another does has the code points behind it that
 * its Unicode form is made of: `café (U+0065 U+0301)`.
 */
export function tellApart(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const looks = path.normalize("NFC");
    const isAlone = paths.every(
      (other) => other === path || other.normalize("NFC") !== looks,
    );
    return isAlone ? path : `${path} (${codePoints(path)})`;
  });
}

/** Of each letter that has more than one form. */
function codePoints(path: string): string {
  return [...new Intl.Segmenter().segment(path)]
    .map(({ segment }) => segment)
    .filter((letter) => letter.normalize("NFD") !== letter.normalize("NFC"))
    .map((letter) => [...letter].map(codePoint).join(" "))
    .join(", ");
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${hex.padStart(4, "0")}`;
}

/** Most paths are ASCII, of which one call is enough. */
function plainOf(path: string): string {
  const small = path.toLowerCase();
  const isAscii = /^[\0-\x7f]*$/.test(small);

  return isAscii ? small : path.normalize("NFC").toLowerCase().normalize("NFC");
}

/** Whether two paths below an empty folder of this machine are one file. */
type AreOne = (folder: string, one: string, other: string) => Promise<boolean>;

/**
 * Throws `UsageError` where two of the paths below `folder` would be one file on this machine: the second would take the
 * place of the first, and nobody would know.
 */
export async function refuseTwins(
  folder: string,
  paths: Iterable<string>,
  areOne: AreOne = areOneHere,
): Promise<void> {
  for (const group of twinsAmong(paths))
    for (const [at, one] of group.entries())
      for (const other of group.slice(at + 1))
        if (await inEmpty(folder, (empty) => areOne(empty, one, other)))
          throw oneFile(one, other);
}

/** The same of what a download brings. */
export function refuseTwinObjects(
  folder: string,
  objects: readonly Pick<StoreObject, "path">[],
  { rename = (path) => path }: Pick<TransferOptions, "rename">,
): Promise<void> {
  return refuseTwins(
    folder,
    objects.map(({ path }) => rename(path)),
  );
}

async function inEmpty<T>(
  folder: string,
  work: (empty: string) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const empty = await mkdtemp(join(folder, ".names-"));

  try {
    return await work(empty);
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

async function areOneHere(
  folder: string,
  one: string,
  other: string,
): Promise<boolean> {
  const [file, twin] = [placeInside(folder, one), placeInside(folder, other)];
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "");

  return (await orMissing(stat(twin))) !== null;
}

function oneFile(one: string, other: string): UsageError {
  return new UsageError(
    `${tellApart([one, other]).join(" and ")} are one file on this machine, where capitals or the Unicode form of a letter do not count: the one would take the place of the other`,
    {
      code: "unsafe-path",
      hint: "rename one of them in the store, or run this on a machine that keeps them apart, such as one with Linux",
    },
  );
}
