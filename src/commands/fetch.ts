import { mkdir, mkdtemp, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fetchFound, findPublished } from "../attest/fetch-models.ts";
import { shortId } from "../attest/keys.ts";
import { modelsInFolder } from "../attest/models-in-folder.ts";
import { loadTrust, type Trust } from "../attest/trust.ts";
import { proveModel } from "../attest/verify-model.ts";
import { readSettings, type Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { notWritable, writtenBelow } from "../disk/not-writable.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { EXIT, UsageError } from "../errors.ts";
import { orMissing } from "../node-error.ts";
import { parsePublishedPlace } from "../store/published-place.ts";
import { someNames } from "../text/some-names.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { openNamedStore } from "./open-named-store.ts";
import { mustBeApart } from "./run/apart-from-store.ts";

/**
 * Brings `edge/` and `evidence/` of one published model, or of all, into a new folder: every file has the sha256 of its
 * manifest, and where there is a public key its signature holds. Where not: exit 1, and nothing is left.
 */
export async function fetchPublished(
  ctx: Context,
  io: CommandIo,
  [place, folder]: readonly [string, string],
  flags: Flags,
): Promise<void> {
  const { store: url, branch, model } = parsePublishedPlace(place);
  const settings = readSettings({ store: url, ...flags }, ctx.environment);
  // Only the flag: a variable of a job may mean its own publications.
  const unsigned = flags.unsigned === true;
  const keys = unsigned
    ? []
    : (await loadTrust(ctx, { ...settings, unsigned: true })).keys;
  const target = resolve(ctx.cwd, folder);
  await mustBeFree(target, folder);

  const store = await openNamedStore(ctx, settings);
  let part: string | null = null;

  try {
    await store.verify();
    const snapshot = await store.named(branch).catch((error: unknown) => {
      throw model === null ? meantModel(error, branch) : error;
    });
    const found = await findPublished(snapshot, settings, { model, branch });
    // Only now: a place that was written wrongly may name another store.
    mustBeApart(target, url, "the new folder", () => true);
    const beside = await folderBeside(target);
    part = beside;
    const fetched = await writtenBelow(
      { folder: beside, other: OTHER_FOLDER },
      () => fetchFound(snapshot, found, { part: beside }),
    );
    const { names, doubts, left } = fetched;
    doubts.push(...(await unproved(part, settings, keys)));

    for (const doubt of doubts) ctx.log.error(doubt);
    if (doubts.length > 0) {
      ctx.log.error(
        "nothing was kept: find out who published it, or publish again",
        "signing.md",
      );
      io.exit(EXIT.check);
      return;
    }

    await put(part, target);
    for (const name of left)
      ctx.log.warn(
        `${name} was not fetched: it has files in ${settings.edgePath}/, but its manifest is missing or cannot be read; publish it again`,
      );
    ctx.log.info(
      `${someNames(names)}: fetched from ${store.url}, ${snapshot.isCommit ? "" : `branch ${branch}, `}commit ${snapshot.id}, into ${folder}; every file matches its manifest${signed(keys, unsigned)}`,
    );
  } finally {
    if (part !== null) await removeTree(part);
    await store.close();
  }
}

async function mustBeFree(target: string, folder: string): Promise<void> {
  const there = await orMissing(stat(target));
  if (there === null) return;

  const isFolder = there.isDirectory();
  if (!isFolder || (await readdir(target)).length > 0)
    throw new UsageError(
      `${folder || "this folder"} already exists and is ${isFolder ? "not empty" : "a file"}`,
      {
        code: "folder-taken",
        hint: "name a new folder, so that files of two versions are not mixed",
      },
    );
}

/** A `/` behind a model's name makes it a branch. */
function meantModel(error: unknown, branch: string): unknown {
  if (!(error instanceof UsageError) || error.code !== "branch-missing")
    return error;

  return new UsageError(error.message, {
    code: error.code,
    hint: `${error.hint}; if ${branch} is a model, write no \`/\` after it`,
    cause: error,
  });
}

/** A new folder from which one can be moved to `target`: folders on the way there are made only where all is well. */
async function folderBeside(target: string): Promise<string> {
  let parent = dirname(target);
  while ((await orMissing(stat(parent))) === null) parent = dirname(parent);

  try {
    return await mkdtemp(join(parent, `.${basename(target)}-`));
  } catch (error) {
    throw notWritable(target, error, OTHER_FOLDER);
  }
}

async function put(part: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(part, target);
  } catch (error) {
    throw notWritable(target, error, OTHER_FOLDER);
  }
}

const OTHER_FOLDER = "another folder";

/** The files were hashed on their way; here: are they what the manifest lists, and who vouches for it? */
async function unproved(
  part: string,
  { edgePath }: Pick<Settings, "edgePath">,
  keys: Trust["keys"],
): Promise<string[]> {
  if (keys.length === 0) return [];

  const doubts: string[] = [];
  for (const model of await modelsInFolder(part, edgePath)) {
    const proof = await proveModel(model, { keys, publisher: null });
    doubts.push(...proof.doubts.map((doubt) => `${model.model}: ${doubt}`));
  }

  return doubts;
}

function signed(keys: Trust["keys"], unsigned: boolean): string {
  const [key] = keys;
  if (key) return `, signed by key ${shortId(key.id)}`;

  return unsigned
    ? "; the author was not checked (--unsigned)"
    : "; no public key is configured, so the author was not checked (--key)";
}
