import { toJson } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import { RELEASE_FILE } from "../layout.ts";
import type { ModelKey, Release } from "../release.ts";
import { descriptionOf } from "../release-description.ts";
import type { LocalFile, PutOutcome, RegistryTarget } from "../target.ts";
import { aliasNames, readAlias, writeAlias } from "./aliases.ts";
import type { MlflowClient, MlflowServer } from "./client.ts";
import { MLMODEL, mlmodelFile } from "./model-file.ts";
import { tagsOf } from "./names.ts";
import { mlflowNotes } from "./notes.ts";
import { restoreVersion } from "./restore-version.ts";
import {
  closeRun,
  endRun,
  logArtifact,
  type MlflowRun,
  startRun,
} from "./run.ts";
import { downloadFile, readRelease } from "./version-files.ts";
import {
  DIGEST_TAG,
  type MlflowVersion,
  pages,
  promotedVersions,
  RELEASE_TAG,
  tagsIn,
} from "./versions.ts";

const EXPERIMENT = "model-to-edge-registry";
const ALGORITHM_TAG = "edge.algorithm";
/** Folder of the files below a run's artifacts. */
const FOLDER = "model";

/**
 * MLflow's model registry. It has no conditional writes: of two promotions of one version at once, the one that MLflow
 * registered first counts, and the other one takes its own back; of two that set an alias at once, the last counts.
 */
export function mlflowTarget(
  server: MlflowServer,
  now: () => Date,
): RegistryTarget {
  const { client } = server;
  const find = async ({ name }: ModelKey, release: string) =>
    (await promotedVersions(client, name)).find(
      (version) => version.release === release,
    ) ?? null;

  const read = async (model: ModelKey, release: string) => {
    const version = await find(model, release);
    return version && readRelease(client, version);
  };

  return {
    url: `mlflow:${client.base}`,
    verify: async () => undefined,
    models: () => modelsOf(client),
    versions: async ({ name }) => [
      ...new Set(
        (await promotedVersions(client, name)).map(({ release }) => release),
      ),
    ],
    read,
    put: async (release, files) => {
      const there = await find(release, release.release);
      if (there) return compared(client, there, { release, files });

      const number = await write(server, now, { release, files });
      const first = await find(release, release.release);
      if (!first || first.number === number) return { status: "put" };

      await takeBack(client, release.name, number);
      return compared(client, first, { release, files });
    },
    download: async ({ release, ...model }, name, path) => {
      const version = await find(model, release);
      return version !== null && downloadFile(client, version, name, path);
    },
    aliases: ({ name }) => aliasNames(client, name),
    alias: ({ name }, alias) => readAlias(client, name, alias),
    setAlias: ({ name }, alias, change) =>
      writeAlias(client, { name, alias }, change),
    notes: mlflowNotes(client),
    link: ({ name }) => `${client.base}/#/models/${encodeURIComponent(name)}`,
    datasets: null,
    close: async () => undefined,
  };
}

async function modelsOf(client: MlflowClient): Promise<ModelKey[]> {
  const found = await pages(client, {
    ...{ path: "registered-models/search", key: "registered_models" },
    filter: "",
  });

  return found
    .flatMap(({ name, tags }) => {
      const algorithm = tagsIn(tags).get(ALGORITHM_TAG);
      return algorithm ? [{ algorithm, name: String(name) }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All files first, the version last: it is there whole or not at all. Its number. */
async function write(
  server: MlflowServer,
  now: () => Date,
  { release, files }: { release: Release; files: readonly LocalFile[] },
): Promise<number> {
  const { client } = server;
  const mlmodel = mlmodelFile(release);
  const run = await startRun(client, {
    ...{ experiment: EXPERIMENT, started: now().getTime() },
    name: `${release.name} ${release.release}`,
    tags: tagsOfRelease(release),
  });

  try {
    const root = `${servedRoot(client, run)}/${FOLDER}`;
    for (const { name, file, size } of files)
      await logArtifact(client, root, name, { file, size });

    await logArtifact(client, root, MLMODEL, { bytes: mlmodel });
    const listed = Buffer.from(toJson(release));
    await logArtifact(client, root, RELEASE_FILE, { bytes: listed });
    const number = await register(client, run, release);
    await endRun(client, run, "FINISHED", now().getTime());
    return number;
  } catch (error) {
    // The first failure is the one to say; a run that stays open is no version.
    await closeRun(server, run, now().getTime());
    throw error;
  }
}

function servedRoot(client: MlflowClient, run: MlflowRun): string {
  if (run.root !== null) return run.root;

  throw new UsageError(
    `MLflow (${client.base}) does not serve artifacts: a run's files go to ${run.artifactUri}`,
    {
      code: "mlflow-artifacts",
      hint: "start it with `--serve-artifacts`",
    },
  );
}

async function register(
  client: MlflowClient,
  { id, artifactUri }: MlflowRun,
  release: Release,
): Promise<number> {
  const { name } = release;
  const what = `registering ${name} ${release.release}`;
  const method = "POST";
  await client.call({
    ...{ method, path: "registered-models/create", what },
    data: { name },
    foreseen: ["RESOURCE_ALREADY_EXISTS"],
  });
  await client.call({
    ...{ method, path: "registered-models/set-tag", what },
    data: { name, key: ALGORITHM_TAG, value: release.algorithm },
  });

  const source = `${artifactUri}/${FOLDER}`;
  const search = async () => {
    const all = await promotedVersions(client, name);
    const own = all.find((version) => version.source === source);
    return own ? { model_version: { version: own.number } } : null;
  };
  const answer = await client.call({
    ...{ method, path: "model-versions/create", what, found: search },
    data: {
      ...{ name, source, run_id: id, description: descriptionOf(release) },
      tags: tagsOf(tagsOfRelease(release)),
    },
  });

  return Number((answer?.model_version as { version?: unknown })?.version);
}

function tagsOfRelease(release: Release): Record<string, string | null> {
  return {
    [RELEASE_TAG]: release.release,
    [DIGEST_TAG]: release.digest,
    [ALGORITHM_TAG]: release.algorithm,
    "edge.verdict": release.outcome,
    "edge.store": release.source.store,
    "edge.store_commit": release.source.commit,
    "edge.since": release.since?.release ?? null,
    "edge.changes": release.since?.changes.join("; ") ?? null,
  };
}

/** Ours, when another one was first. */
async function takeBack(
  client: MlflowClient,
  name: string,
  number: number,
): Promise<void> {
  await client.call({
    ...{ method: "DELETE", path: "model-versions/delete" },
    data: { name, version: String(number) },
    what: `taking back version ${number} of ${name}`,
    foreseen: ["RESOURCE_DOES_NOT_EXIST"],
  });
}

/** Of the same model, what somebody removed from the version is put back. */
async function compared(
  client: MlflowClient,
  version: MlflowVersion,
  { release, files }: { release: Release; files: readonly LocalFile[] },
): Promise<PutOutcome> {
  const there = await readRelease(client, version);
  if (there.digest !== release.digest)
    return { status: "other", release: there };

  const isRestored = await restoreVersion(client, version, { there, files });

  return { status: isRestored ? "put" : "there", release: there };
}
