import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { type ModelFolders, modelFolders } from "../../convert/workspace.ts";
import { type AppError, UsageError } from "../../errors.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";
import type {
  MlflowClient,
  MlflowServer,
} from "../../registry/mlflow/client.ts";
import {
  closeRun,
  endRun,
  logArtifact,
  logMetrics,
  type MlflowRun,
  startRun,
} from "../../registry/mlflow/run.ts";
import { type MlflowRecord, mlflowRecord } from "../../report/mlflow-record.ts";
import type { Summary } from "../../report/summary.ts";
import { plainUrl } from "../../text/plain-url.ts";
import { contractIn } from "./report-models.ts";

/** The conversion module's own. */
export const EXPERIMENT = "conversion-experiment";

export interface RecordedModel extends ConvertedModel {
  /** Absolute path of `--out`. */
  out: string;
  summary: Summary;
}

/** One model as a run of MLflow, from its beginning to its end. */
export async function recordRun(
  ctx: Context,
  server: MlflowServer,
  { out, summary, conversion, verdict, performance }: RecordedModel,
): Promise<void> {
  const { client } = server;
  const model = summary.models.find(({ name }) => name === conversion.name);
  if (!model) return;

  const folders = modelFolders(out, model.name);
  const contract = await contractIn(folders.files);
  const record = mlflowRecord({
    ...{ summary, model, conversion, verdict, performance, contract },
    version: ctx.version,
  });
  const run = await startRun(client, {
    ...{ experiment: EXPERIMENT, name: record.name, tags: record.tags },
    started: ctx.now().getTime(),
  });

  try {
    await fillRun(ctx, client, run, { folders, record });
  } catch (error) {
    const left = await closeRun(server, run, ctx.now().getTime());
    if (left)
      ctx.log.warn(`MLflow's run ${run.id} stays open: ${left.message}`);
    throw error;
  }
}

/** Metrics, files, and the end; a file that MLflow does not take is said after the run has its true status. */
async function fillRun(
  ctx: Context,
  client: MlflowClient,
  run: MlflowRun,
  { folders, record }: { folders: ModelFolders; record: MlflowRecord },
): Promise<void> {
  await logMetrics(client, run, record.metrics, ctx.now().getTime());
  const problem = await refusalOf(() => logFiles(client, run, folders));
  await endRun(client, run, record.status, ctx.now().getTime());
  if (problem) throw problem;
}

async function logFiles(
  client: MlflowClient,
  { root, artifactUri }: MlflowRun,
  folders: ModelFolders,
): Promise<void> {
  if (root === null)
    throw new UsageError(
      `the run has no files, as the server does not serve artifacts (${plainUrl(artifactUri)})`,
      {
        code: "mlflow-artifacts",
        hint: "start it with `--serve-artifacts`; tags and metrics are there",
      },
    );

  for (const { name, ...source } of await filesOf(folders))
    await logArtifact(client, root, name, source);
}

/** Those that are there: a model that was not converted has no verdict. */
async function filesOf(folders: ModelFolders) {
  const wanted = [
    { name: "verdict.json", file: folders.verdict },
    { name: "conversion.json", file: folders.conversion },
    { name: "performance.json", file: folders.performance },
    { name: "report.html", file: join(folders.evidence, "report.html") },
    { name: "contract.json", file: join(folders.files, "contract.json") },
  ];
  const found = await Promise.all(
    wanted.map(async ({ name, file }) => {
      const info = await stat(file).catch(nullUnlessPrevented);
      return info?.isFile() ? [{ name, file, size: info.size }] : [];
    }),
  );

  return found.flat();
}

/** The foreseen error of a piece of work; null where it went well. */
async function refusalOf(work: () => Promise<void>): Promise<AppError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
