import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { ok, type Recorded, refusal } from "./mlflow-answers.ts";
import { artifactAnswer } from "./mlflow-artifacts.ts";
import { modelAnswer, type StandInModels } from "./mlflow-models.ts";

export interface StandInRun {
  name: string;
  status: string;
  tags: Record<string, string>;
  metrics: Record<string, number | string>;
  /** sha256 and size of each artifact. */
  files: Record<string, { sha256: string; size: number }>;
}

type Data = Record<string, unknown>;

const PLAIN = "text/plain; charset=utf-8";
const HTML = "text/html; charset=utf-8";

export const RECORDED = {
  hostHeader: {
    ...{ status: 403, type: PLAIN },
    body: "Invalid Host header - possible DNS rebinding attack detected",
  },
  notFound: {
    ...{ status: 404, type: HTML },
    body: "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n",
  },
  unauthorized: {
    ...{ status: 401, type: PLAIN },
    body: "You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow on how to authenticate.",
  },
  login: { status: 200, type: HTML, body: "<!doctype html><title>Sign in" },
  changedParameter: refusal(
    "INVALID_PARAMETER_VALUE",
    "Changing param values is not allowed.",
  ),
} as const satisfies Record<string, Recorded>;

export interface MlflowStandIn {
  url: string;
  runs: Map<string, StandInRun>;
  models: StandInModels;
  /** Bytes of small artifacts, by `RUN/name`. */
  bytes: Map<string, Buffer>;
  /** `METHOD path` of each call, in order, with its headers. */
  calls: { call: string; headers: IncomingMessage["headers"] }[];
}

export interface StandInOptions {
  /** Instead of the usual answer; "drop": done, and the connection is cut; "hang": no answer. */
  instead?: (call: string) => Recorded | "drop" | "hang" | null;
}

/** A server that answers as MLflow 3.17.2 was seen to answer; closed with the test. */
export async function mlflowStandIn({
  instead = () => null,
}: StandInOptions = {}): Promise<MlflowStandIn> {
  const stand: MlflowStandIn = {
    ...{ url: "", runs: new Map(), calls: [] },
    ...{ models: new Map(), bytes: new Map() },
  };
  const server = createServer((request, response) => {
    void serve(stand, instead, request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  stand.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return stand;
}

async function serve(
  stand: MlflowStandIn,
  instead: NonNullable<StandInOptions["instead"]>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", stand.url);
  const path = pathname.replace(/^\/api\/2\.0\/(mlflow\/)?/, "");
  const call = `${request.method} ${path}`;
  stand.calls.push({ call, headers: request.headers });
  const chosen = instead(call);
  if (chosen === "hang") return;

  // What is answered instead has no effect; a lost answer has.
  const isRefused = chosen !== null && chosen !== "drop";
  const given = isRefused
    ? chosen
    : await answer(stand, call, request, searchParams);
  if (chosen === "drop") return void request.socket.destroy();

  const { status, body, type = "application/json" } = given;
  response.writeHead(status, { "content-type": type }).end(body);
}

async function answer(
  stand: MlflowStandIn,
  call: string,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Recorded> {
  const { runs, models } = stand;
  const ofArtifact = await artifactAnswer(
    stand,
    call,
    request,
    String(query.get("path")),
  );
  if (ofArtifact) return ofArtifact;

  const data = await dataOf(request);
  const run = runs.get(String(data.run_id));
  const asked = { ...Object.fromEntries(query), ...data };
  const ofModel = modelAnswer(models, call, asked);
  if (ofModel) return ofModel;

  switch (call) {
    case "GET experiments/get-by-name":
      return runs.has("made")
        ? ok({ experiment: { experiment_id: "1" } })
        : refusal(
            "RESOURCE_DOES_NOT_EXIST",
            `Could not find experiment with name '${query.get("experiment_name")}'`,
            404,
          );
    case "POST experiments/create":
      runs.set("made", NONE);
      return ok({ experiment_id: "1" });
    case "POST runs/create":
      return created(runs, data);
    case "POST runs/search":
      return ok(found(runs, String(data.filter)));
    case "POST runs/log-batch":
      for (const { key, value } of data.metrics as Pair[])
        if (run) run.metrics[key] = value;
      return ok({});
    case "POST runs/update":
      // What it does not know it ignores, with 200.
      if (run && KNOWN.includes(String(data.status)))
        run.status = String(data.status);
      return ok({ run_info: { status: run?.status } });
    default:
      return RECORDED.notFound;
  }
}

async function dataOf(request: IncomingMessage): Promise<Data> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");

  return text ? (JSON.parse(text) as Data) : {};
}

type Pair = { key: string; value: string };

const KNOWN = ["FINISHED", "FAILED", "KILLED"];
const NONE: StandInRun = {
  ...{ name: "", status: "", tags: {}, metrics: {}, files: {} },
};

function created(runs: Map<string, StandInRun>, data: Data): Recorded {
  const id = `run${runs.size}`;
  const tags = Object.fromEntries(
    (data.tags as Pair[]).map(({ key, value }) => [key, value]),
  );
  runs.set(id, {
    ...{ name: String(data.run_name), status: "RUNNING", tags },
    ...{ metrics: {}, files: {} },
  });

  return ok({ run: { info: infoOf(id) } });
}

function found(runs: Map<string, StandInRun>, filter: string): Data {
  const [, key = "", value] =
    /^tags\.`([^`]+)` = '([^']+)'$/.exec(filter) ?? [];
  const hits = [...runs].filter(([, { tags }]) => tags[key] === value);

  return hits.length > 0
    ? { runs: hits.map(([id]) => ({ info: infoOf(id) })) }
    : {};
}

function infoOf(id: string): Data {
  return { run_id: id, artifact_uri: `mlflow-artifacts:/1/${id}/artifacts` };
}
