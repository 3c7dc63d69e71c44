import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { AppError, EXIT, type ExitCode, UsageError } from "../../errors.ts";
import { mlflowAddress } from "../../registry/mlflow/address.ts";
import { mlflowServer } from "../../registry/mlflow/client.ts";
import type { Summary } from "../../report/summary.ts";
import { errorPage } from "../../text/docs-address.ts";
import { EXPERIMENT, recordRun } from "./record-run.ts";

/** What has no run: nothing was converted. */
const IDLE = ["unchanged", "skipped"];

interface Recording {
  /** Absolute path of `--out`. */
  out: string;
  summary: Summary;
  models: readonly ConvertedModel[];
}

/**
 * One run of MLflow for each model that was converted or checked, where MLFLOW_TRACKING_URI is set. Returns the run's exit
 * code: where MLflow is away it stays, unless `mlflow` is `required` and nothing else is wrong.
 */
export async function recordRuns(
  ctx: Context,
  { mlflow }: Pick<Settings, "mlflow">,
  recording: Recording,
): Promise<ExitCode> {
  const code = recording.summary.exit_code as ExitCode;
  if (mlflow === "off") return code;

  try {
    await record(ctx, mlflow, recording);
    return code;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.signal.throwIfAborted();

    const page = errorPage(error.code);
    const line = `not recorded in MLflow: ${error.message}; ${error.hint}`;
    if (mlflow === "auto") ctx.log.warn(line, page);
    else ctx.log.error(line, page);

    return mlflow === "required" && code === EXIT.ok ? error.exitCode : code;
  }
}

async function record(
  ctx: Context,
  mlflow: Settings["mlflow"],
  recording: Recording,
): Promise<void> {
  const address = mlflowAddress(ctx.environment);
  if (!address) {
    if (mlflow === "auto") return;
    throw new UsageError("MLFLOW_TRACKING_URI is not set", {
      code: "mlflow-address",
      hint: "set it to the server's address, or leave `mlflow` at auto",
    });
  }

  const done = recording.models.filter(
    ({ conversion }) => !IDLE.includes(conversion.status),
  );
  const { out, summary } = recording;
  const server = mlflowServer(ctx, address);

  for (const model of done)
    await recordRun(ctx, server, { ...model, out, summary });
  if (done.length > 0)
    ctx.log.info(
      `MLflow: ${done.length} ${done.length === 1 ? "run" : "runs"} in the experiment ${EXPERIMENT} of ${server.client.base}`,
    );
}
