import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { modelFolders } from "../../convert/workspace.ts";
import { checkAgainst } from "../../document/schema.ts";
import { AppError } from "../../errors.ts";
import { mapBranchName } from "../../gitlab/branch-name.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";
import {
  type BranchPaths,
  parametersFile,
  placesOf,
} from "../../model/layout.ts";
import { type Manifest, readManifest } from "../../model/manifest.ts";
import type { Summary, SummaryModel } from "../../report/summary.ts";
import type {
  TargetChange,
  TargetChanges,
} from "../../report/target-change.ts";
import type { Snapshot, Store, StoredFile } from "../../store/store.ts";
import { errorPage } from "../../text/docs-address.ts";
import {
  parseJsonObject,
  readJsonObject,
} from "../../validate/read-json-object.ts";
import type { Change } from "../../version/change.ts";
import { compareContracts } from "../../version/compare-contracts.ts";
import { compareParameters } from "../../version/compare-parameters.ts";
import type { Json } from "../../version/json.ts";
import {
  PARAMETERS_LIMIT,
  parameterFacts,
} from "../../version/read-parameters.ts";

export interface TargetQuestion {
  /** Absolute path of `--out`. */
  out: string;
  paths: BranchPaths;
  summary: Summary;
  /** How long a run takes beside the published model's, by model: as measured in this run. */
  ratios: ReadonlyMap<string, number>;
  /** The published model that was measured beside, by model: its `exec_fp`. */
  measuredBeside: ReadonlyMap<string, string>;
  store: Pick<Store, "head" | "snapshot">;
}

/** Models that are compared: as many as the note lists. */
const COMPARED = 30;
/** Bytes of a contract. */
const CONTRACT_LIMIT = 4 << 20;

/**
 * What the merge request changes of each model that ships, against the data branch of its target; null outside of merge
 * requests, and where the store has no such branch. It is a column of a note: that it cannot be had fails nothing.
 */
export async function targetChanges(
  ctx: Pick<Context, "environment" | "log">,
  question: TargetQuestion,
): Promise<TargetChanges | null> {
  const { store, summary } = question;
  const request = ctx.environment.ci.mergeRequest;
  const target = request?.targetBranch && mapBranchName(request.targetBranch);
  if (!target || target === summary.store.branch) return null;

  try {
    const head = await store.head(target);
    if (head === null) return null;

    const { branch, commit } = summary.store;
    const both = {
      target: await store.snapshot(target, head),
      own: await store.snapshot(branch, summary.publication.commit ?? commit),
    };
    const models = summary.models
      .filter(({ ships }) => ships)
      .slice(0, COMPARED);
    const changes = await Promise.all(
      models.map(async (model) => {
        const change = await changeOf(question, model, both);
        return [model.name, change] as const;
      }),
    );

    return { target, models: new Map(changes) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(
      `the note cannot list the changes against ${target}: ${error.message}`,
      errorPage(error.code),
    );

    return null;
  }
}

interface Snapshots {
  target: Snapshot;
  /** What the run looked at, or published. */
  own: Snapshot;
}

async function changeOf(
  question: TargetQuestion,
  model: SummaryModel,
  { target, own }: Snapshots,
): Promise<TargetChange> {
  const places = placesOf(model.name, question.paths);
  const was = await readManifest(target, places.manifest);
  const files = model.files.filter(({ path }) => path.startsWith(places.edge));
  const is = { bytes: bytesOf(files) };
  if (!was)
    return { was: null, is, same: false, contract: null, latency: null };

  const old = was.files.filter(({ path }) => path.startsWith(places.edge));
  const path = `${places.edge}contract.json`;
  const before = await contractOf(await target.read(path, CONTRACT_LIMIT));
  const file = join(
    modelFolders(question.out, model.name).files,
    "contract.json",
  );
  const converted = await readJsonObject(file);
  const after =
    converted.data ?? (await contractOf(await own.read(path, CONTRACT_LIMIT)));

  return {
    was: { bytes: bytesOf(old) },
    is,
    same: sumsOf(old) === sumsOf(files),
    // Null where one of them has no contract that can be read: then nothing is said.
    contract: before &&
      after && [
        ...compareContracts(before, after),
        ...(await parameterChanges(question, model.name, { target, own })),
      ],
    latency: latencyOf(question, model.name, was),
  };
}

/** Of the model's parameter file. */
async function parameterChanges(
  { out, paths }: TargetQuestion,
  name: string,
  { target, own }: Snapshots,
): Promise<Change[]> {
  const file = parametersFile(name);
  const path = placesOf(name, paths).edge + file;
  const { files } = modelFolders(out, name);
  const before = await target.read(path, PARAMETERS_LIMIT);
  // A model that was not converted now has no folder here.
  const after = existsSync(join(files, "contract.json"))
    ? await readFile(join(files, file)).catch(nullUnlessPrevented)
    : await own.read(path, PARAMETERS_LIMIT);

  return compareParameters(parameterFacts(before), parameterFacts(after));
}

async function contractOf(bytes: Uint8Array | null): Promise<Json | null> {
  const { data } = parseJsonObject(bytes, "contract.json");
  const isContract =
    data !== null && (await checkAgainst("contract", data)).length === 0;

  return isContract ? data : null;
}

/** It was measured beside what this branch held before: that counts where the target holds the same. */
function latencyOf(
  { ratios, measuredBeside }: TargetQuestion,
  name: string,
  was: Manifest,
): number | null {
  const isSame = measuredBeside.get(name) === was.fingerprint.exec;
  return isSame ? (ratios.get(name) ?? null) : null;
}

function bytesOf(files: readonly Pick<StoredFile, "size">[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function sumsOf(files: readonly Pick<StoredFile, "path" | "sha256">[]): string {
  return files
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .sort()
    .join("\n");
}
