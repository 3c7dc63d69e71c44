import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Witnesses } from "../attest/author.ts";
import { shortId } from "../attest/keys.ts";
import { modelsInFolder } from "../attest/models-in-folder.ts";
import { modelsInStore } from "../attest/models-in-store.ts";
import { publisherOf } from "../attest/publisher.ts";
import { proveSignedFolder } from "../attest/signed-folder.ts";
import type { Origin } from "../attest/statement.ts";
import { loadTrust, PUBLIC_KEYS, type Trust } from "../attest/trust.ts";
import {
  type FoundModel,
  type ModelProof,
  type Proved,
  proveModel,
} from "../attest/verify-model.ts";
import { readSettings, type Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { removeLeftWork } from "../disk/work-folder.ts";
import { EXIT, UsageError } from "../errors.ts";
import { openStore } from "../store/open.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { mustBeApart } from "./run/apart-from-store.ts";
import { isWrittenInOut } from "./run/clear-output.ts";

/**
 * Says of each published model of a folder, or of a store's branch, who proved what and from which data commit, and hashes
 * every file: 0 where a trusted key vouches for all, or without a key the store's own word; 1 where not. Throws
 * `UsageError` where there is nobody to ask, or no model.
 */
export async function verify(
  ctx: Context,
  io: CommandIo,
  place: string,
  flags: Flags,
): Promise<void> {
  const settings = readSettings({ store: place, ...flags }, ctx.environment);
  const { keys } = await loadTrust(ctx, { ...settings, unsigned: true });

  const proofs = /^[a-z0-9]+:\/\//.test(place)
    ? await proofsOfStore(ctx, settings, keys)
    : await proofsOfFolder(ctx, place, {
        settings,
        keys,
        unsigned: flags.unsigned === true,
      });

  if (flags.json) io.print(`${JSON.stringify(proofs, null, 2)}\n`);
  for (const proof of proofs) say(ctx, proof);
  io.exit(
    proofs.some(({ doubts }) => doubts.length > 0) ? EXIT.check : EXIT.ok,
  );
}

interface FolderQuestion {
  settings: Settings;
  keys: Trust["keys"];
  /** Only the flag: a variable of a job may mean its own publications. */
  unsigned: boolean;
}

async function proofsOfFolder(
  { cwd }: Pick<Context, "cwd">,
  place: string,
  { settings: { edgePath }, keys, unsigned }: FolderQuestion,
): Promise<ModelProof[]> {
  if (keys.length === 0 && !unsigned) throw nobodyToAsk("");

  const folder = resolve(cwd, place);
  if (!existsSync(folder))
    throw new UsageError(`${place} does not exist`, {
      code: "path-missing",
      hint: "name a folder like edge/<name>/, with manifest.json and attestation.json",
    });

  const models = await modelsInFolder(folder, edgePath);
  if (models.length > 0)
    return prove(models, {
      ...{ keys, publisher: null },
      ...(unsigned ? { unsigned } : {}),
    });

  const signed = unsigned ? null : await proveSignedFolder(folder, keys);
  if (signed === null) throw nothingThere(place);
  return [signed];
}

async function proofsOfStore(
  ctx: Context,
  settings: Settings,
  keys: Trust["keys"],
): Promise<ModelProof[]> {
  const { modelBranch: branch, storeWebUrl, s3Endpoint, storeUser } = settings;
  if (branch === null)
    throw new UsageError("no branch of the store is named", {
      code: "branch-unknown",
      hint: "name it with `--model-branch`",
    });

  const store = await openStore(ctx, settings.store, {
    webUrl: storeWebUrl,
    s3Endpoint,
  });

  try {
    await store.verify();
    const publisher =
      keys.length === 0 ? await publisherOf(store, storeUser) : null;
    if (keys.length === 0 && !publisher)
      throw nobodyToAsk(
        `, and ${store.url} cannot tell users apart, so its log does not prove who wrote them`,
      );

    const snapshot = await store.snapshot(branch);
    const out = resolve(ctx.cwd, settings.out);
    mustBeApart(out, settings.store, "the output folder", isWrittenInOut);
    await removeLeftWork(out, { now: ctx.now(), isAlone: false });
    const models = await modelsInStore(snapshot, settings, out);
    const proofs = await prove(models, { keys, publisher });
    if (proofs.length === 0)
      throw nothingThere(`branch ${branch} of ${store.url}`);

    return proofs;
  } finally {
    await store.close();
  }
}

/** One after the other: a model's files are on the disk only while they are hashed. */
async function prove(
  models: readonly FoundModel[],
  witnesses: Witnesses,
): Promise<ModelProof[]> {
  const proofs: ModelProof[] = [];
  for (const model of models) proofs.push(await proveModel(model, witnesses));
  return proofs;
}

function say({ log }: Pick<Context, "log">, proof: ModelProof): void {
  const { model, doubts, missing, proved } = proof;
  for (const doubt of doubts) log.error(`${model}: ${doubt}`, "signing.md");
  if (missing.length > 0)
    log.info(
      `${model}: not here, so its hash was not checked: ${missing.join(", ")}`,
    );
  if (!proved) return;

  const { outcome, files } = proved;
  if (outcome === null) {
    log.info(
      `${model}: ${vouchedFor(proved)} as OpenSSF model signing does it; ${files} files match the signature; it carries no verdict`,
    );
    return;
  }

  log.info(
    `${model}: ${outcome}, ${vouchedFor(proved)}; ${files} files match the manifest`,
  );
  if (proved.origin) log.info(`${model}: ${cameFrom(proved.origin)}`);

  log.info(
    proved.inputs === null
      ? `${model}: its inputs are not here, so an older verdict of the same model cannot be ruled out`
      : `${model}: its inputs are the current ones of the branch`,
  );
}

function vouchedFor({ key, user }: Proved): string {
  if (key === null && user === null)
    return "not signed: anyone who can write to the store could have made it";

  return key === null
    ? `not signed; according to the store's log, its user ${user} published it`
    : `signed by ${/^[0-9a-f]{64}$/.test(key) ? "key " : ""}${shortId(key)}`;
}

function cameFrom({ git, data }: Origin): string {
  return `from commit ${data.commit} of branch ${data.branch} in ${data.store}, by ${git.project ?? "a local run"} at Git commit ${git.commit ?? "unknown"}`;
}

function nobodyToAsk(why: string): UsageError {
  return new UsageError(
    `there is no public key${why}: anyone who can write to the files could have made them`,
    {
      code: "key-missing",
      hint: `name the public key's file with \`--key\`, or run where ${PUBLIC_KEYS} is; \`--unsigned\` hashes a folder's files and asks nobody`,
    },
  );
}

function nothingThere(where: string): UsageError {
  return new UsageError(`${where} contains no published model`, {
    code: "model-missing",
    hint: "name a folder like edge/<name>/, its parent folder, or a store with `--model-branch`",
  });
}
