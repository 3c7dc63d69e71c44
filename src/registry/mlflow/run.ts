import { randomUUID } from "node:crypto";
import { artifactPath, artifactRoot } from "./artifact-path.ts";
import type { ArtifactSource, MlflowClient, MlflowServer } from "./client.ts";
import { MlflowFailure, mlflowError } from "./failure.ts";
import { tagsOf } from "./names.ts";

export type RunStatus = "FINISHED" | "FAILED" | "KILLED";

export interface MlflowRun {
  id: string;
  /** Path of its artifacts, without a `/` at its end; null where the server does not serve them. */
  root: string | null;
  /** As MLflow names it, for messages. */
  artifactUri: string;
}

export interface NewRun {
  experiment: string;
  name: string;
  tags: Readonly<Record<string, string | null>>;
  /** Milliseconds since 1970. */
  started: number;
}

/** Finds a run again whose `runs/create` was answered by nobody. */
const ATTEMPT = "edge.attempt";
/** MLflow's own limits of one `log-batch`. */
const METRICS_AT_ONCE = 1000;

/** The experiment's id; made where it is missing, also by two jobs at once. */
export async function experimentId(
  client: MlflowClient,
  name: string,
): Promise<string> {
  const what = `looking up the experiment ${name}`;
  const find = async () => {
    const answer = await client.call({
      ...{ method: "GET", path: "experiments/get-by-name", what },
      data: { experiment_name: name },
      foreseen: ["RESOURCE_DOES_NOT_EXIST"],
    });
    return answer && idIn(client, what, answer.experiment, "experiment_id");
  };

  const there = await find();
  if (there !== null) return there;

  const made = await client.call({
    ...{ method: "POST", path: "experiments/create", data: { name } },
    what: `making the experiment ${name}`,
    foreseen: ["RESOURCE_ALREADY_EXISTS"],
  });
  if (made) return idIn(client, what, made, "experiment_id");

  return (await find()) ?? idIn(client, what, null, "experiment_id");
}

/** Begins a run. A lost answer leaves no second run: it is looked for by a tag before the next try. */
export async function startRun(
  client: MlflowClient,
  { experiment, name, tags, started }: NewRun,
): Promise<MlflowRun> {
  const id = await experimentId(client, experiment);
  const attempt = randomUUID();
  const what = `making the run of ${name}`;

  const search = async () => {
    const answer = await client.call({
      ...{ method: "POST", path: "runs/search", what },
      data: {
        experiment_ids: [id],
        filter: `tags.\`${ATTEMPT}\` = '${attempt}'`,
        max_results: 1,
      },
    });
    const [run] = Array.isArray(answer?.runs) ? answer.runs : [];
    return run ? { run } : null;
  };

  const answer = await client.call({
    ...{ method: "POST", path: "runs/create", what, found: search },
    data: {
      ...{ experiment_id: id, run_name: name, start_time: started },
      tags: tagsOf({ ...tags, [ATTEMPT]: attempt }),
    },
  });

  const info = (answer?.run as { info?: Record<string, unknown> })?.info;
  const artifactUri = String(info?.artifact_uri ?? "");

  return {
    id: idIn(client, what, info, "run_id"),
    root: artifactRoot(artifactUri),
    artifactUri,
  };
}

/** Metrics of a run; numbers that are none go as MLflow's words, as JSON has none. `at`: milliseconds since 1970. */
export async function logMetrics(
  client: MlflowClient,
  { id }: MlflowRun,
  metrics: Readonly<Record<string, number>>,
  at: number,
): Promise<void> {
  const all = Object.entries(metrics).map(([key, value]) => ({
    ...{ key, timestamp: at, step: 0 },
    value: Number.isFinite(value) ? value : String(value),
  }));

  for (let from = 0; from < all.length; from += METRICS_AT_ONCE)
    await client.call({
      ...{ method: "POST", path: "runs/log-batch" },
      data: { run_id: id, metrics: all.slice(from, from + METRICS_AT_ONCE) },
      what: `writing the metrics of run ${id}`,
    });
}

/** Writes a file beside the run. The caller looks at `root` first. */
export async function logArtifact(
  client: MlflowClient,
  root: string,
  name: string,
  source: ArtifactSource,
): Promise<void> {
  await client.upload(artifactPath(root, name), source);
}

/** Ends a run; its answer must say so, as MLflow answers 200 to a status that it does not know. */
export async function endRun(
  client: MlflowClient,
  { id }: MlflowRun,
  status: RunStatus,
  at: number,
): Promise<void> {
  const what = `ending run ${id}`;
  const answer = await client.call({
    ...{ method: "POST", path: "runs/update", what },
    data: { run_id: id, status, end_time: at },
  });
  const now = (answer?.run_info as { status?: unknown } | undefined)?.status;
  if (now === status) return;

  throw strange(client, what, `the status is ${String(now)}, not ${status}`);
}

/** For closing a run after SIGTERM, in milliseconds. */
const CLOSING_MS = 4000;

/** A run that nobody fills any more is no running one: also after SIGTERM. The failure that leaves it open; else null. */
export async function closeRun(
  { closing }: Pick<MlflowServer, "closing">,
  run: MlflowRun,
  at: number,
): Promise<Error | null> {
  try {
    const client = closing(AbortSignal.timeout(CLOSING_MS));
    await endRun(client, run, "KILLED", at);
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function idIn(
  client: MlflowClient,
  what: string,
  data: unknown,
  key: string,
): string {
  const id = (data as Record<string, unknown> | null | undefined)?.[key];
  if (typeof id === "string" && /^[A-Za-z0-9_-]+$/.test(id)) return id;

  throw strange(client, what, `the answer has no ${key}`);
}

/** MLflow's JSON, but not what was asked for. */
function strange({ base }: MlflowClient, what: string, says: string) {
  return mlflowError(new MlflowFailure({ status: 200 }, says, null), {
    ...{ what, base },
  });
}
