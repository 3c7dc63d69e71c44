import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import picomatch from "picomatch";
import { type Handover, isPerFile } from "../../config/handover-settings.ts";
import { filled } from "../../config/placeholders.ts";
import { hashBytes } from "../../disk/hash-file.ts";
import { UsageError } from "../../errors.ts";
import { errorCode } from "../../node-error.ts";
import { contentOf } from "../layout.ts";
import type { Release, ReleaseFile } from "../release.ts";
import type { LocalFile } from "../target.ts";

/** One run of the program. */
export interface HandoverCommand {
  /** In the version's folder; `.`: all files at once. */
  name: string;
  /** 64 hex. */
  sha256: string;
  argv: string[];
  /** Those that it hands over. */
  files: LocalFile[];
}

/** What a hand-over needs of a version. */
export type HandedRelease = Pick<
  Release,
  "algorithm" | "name" | "release" | "digest" | "source" | "files"
>;

export interface VersionHere {
  release: HandedRelease;
  /** Its files on this machine. */
  files: readonly LocalFile[];
  /** Where the version lies, for people. */
  link: string;
  /** The registry's URL, without credentials. */
  registry: string;
}

/**
 * The runs of the program, in the order of the files' names. `folder`: where the files lie by the version's own names.
 * Throws `UsageError` where no file is meant, or where one that is meant differs from the version's.
 */
export function handoverCommands(
  handover: Handover,
  version: VersionHere,
  folder: string,
): HandoverCommand[] {
  const files = meantFiles(handover, version);
  const values = versionValues(handover, version, folder);
  const argv = (own: Record<string, string>) =>
    handover.run.map((text) => filled(text, { ...values, ...own }));

  if (!isPerFile(handover))
    return [
      { name: ".", sha256: version.release.digest, argv: argv({}), files },
    ];

  return files.map((file) => {
    const { name, sha256 } = file;
    const own = { file: join(folder, name), filename: name, sha256 };
    return { name, sha256, argv: argv(own), files: [file] };
  });
}

/** What a person does next; null where nothing is left. */
export function nextStep(
  handover: Handover,
  version: VersionHere,
): string | null {
  const { next } = handover;
  return next && filled(next, versionValues(handover, version, ""));
}

/** sha256 of the program and its arguments as they are configured: whether another one handed a file over. */
export function commandDigest({ run, inputs }: Handover): string {
  const own = run.map((text) => filled(text, inputs));
  return hashBytes(Buffer.from(JSON.stringify(own)));
}

/** Lays the files out by the version's names: a program tells people their last part. */
export async function layOut(
  files: readonly LocalFile[],
  folder: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { name, file } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    try {
      await link(file, path);
    } catch (error) {
      // Not on every file system.
      if (!["EXDEV", "EPERM", "EMLINK"].includes(errorCode(error))) throw error;
      await copyFile(file, path);
    }
  }
}

function versionValues(
  { inputs }: Handover,
  { release, link: page, registry }: VersionHere,
  folder: string,
): Record<string, string> {
  const { algorithm, name, source } = release;

  return {
    ...{ folder, algorithm, name, version: release.release },
    ...{ model: source.model, commit: source.commit },
    ...{ registry, link: page },
    ...inputs,
  };
}

function meantFiles(
  { name, files: globs }: Handover,
  { release, files }: VersionHere,
): LocalFile[] {
  const listed = meant(release.files, globs);
  if (listed.length === 0)
    throw new UsageError(
      `the hand-over ${name} has nothing to hand over: no file of version ${release.release} fits ${globs?.join(", ")}`,
      {
        code: "handover-tool",
        hint: `change its \`files\` in conversion.yaml; the version has ${release.files.map((file) => file.name).join(", ")}`,
      },
    );

  const here = new Map(files.map((file) => [file.name, file]));
  return listed.map(({ name: file, sha256 }) => {
    const found = here.get(file);
    if (found?.sha256 === sha256) return found;

    throw new UsageError(
      `the hand-over ${name} cannot send ${file}: that of this commit is not the one of version ${release.release}`,
      {
        code: "handover-tool",
        hint: "leave it out of the hand-over's `files` in conversion.yaml: without `files`, what makes the model is handed over",
      },
    );
  });
}

function meant(
  files: readonly ReleaseFile[],
  globs: readonly string[] | null,
): ReleaseFile[] {
  if (globs === null) return contentOf(files);

  const fits = picomatch([...globs], { dot: true });
  return files
    .filter(({ name }) => fits(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
