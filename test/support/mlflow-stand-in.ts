import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An answer as MLflow 3.17.2 gave it. */
export interface Recorded {
  status: number;
  body: string;
  type?: string;
}

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
  const stand: MlflowStandIn = { url: "", runs: new Map(), calls: [] };
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

  const usual = await answer(stand, call, request, searchParams);
  if (chosen === "drop") return void request.socket.destroy();

  const { status, body, type = "application/json" } = chosen ?? usual;
  response.writeHead(status, { "content-type": type }).end(body);
}

async function answer(
  { runs }: MlflowStandIn,
  call: string,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Recorded> {
  if (call.startsWith("PUT mlflow-artifacts/artifacts/"))
    return written(runs, call, request);

  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const data = text ? (JSON.parse(text) as Data) : {};
  const run = runs.get(String(data.run_id));

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

async function written(
  runs: Map<string, StandInRun>,
  call: string,
  request: IncomingMessage,
): Promise<Recorded> {
  const [, id = "", name = ""] =
    /artifacts\/1\/([^/]+)\/artifacts\/(.+)$/.exec(call) ?? [];
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of request) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  const run = runs.get(id);
  if (run)
    run.files[decodeURIComponent(name)] = { sha256: hash.digest("hex"), size };

  return { status: 200, body: "" };
}

function ok(data: Data): Recorded {
  return { status: 200, body: JSON.stringify(data, null, 2) };
}

export function refusal(word: string, message: string, status = 400): Recorded {
  return { status, body: JSON.stringify({ error_code: word, message }) };
}
