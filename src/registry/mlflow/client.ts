import { createReadStream } from "node:fs";
import type { Context } from "../../context.ts";
import { objectIn } from "../../document/json-object.ts";
import { type RetryPolicy, retried } from "../../retry.ts";
import type { MlflowAddress } from "./address.ts";
import { artifactUrl } from "./artifact-path.ts";
import {
  answeredFailure,
  lostFailure,
  MlflowFailure,
  mlflowError,
} from "./failure.ts";

export interface MlflowCall {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Of MLflow's two; `mlflow` where absent. */
  api?: "mlflow" | "mlflow-artifacts";
  /** Below `/api/2.0/mlflow/`, or the other one. */
  path: string;
  data: Readonly<Record<string, unknown>>;
  /** For messages, such as "making the run of detector". */
  what: string;
  /** MLflow's words that the caller foresaw: they give null. */
  foreseen?: readonly string[];
  /** Asked before another try of a call whose answer may be lost; what it finds is the answer. */
  found?: () => Promise<Answer | null>;
}

/** A file of known size, or bytes. */
export type ArtifactSource =
  | { file: string; size: number }
  | { bytes: Uint8Array };

export type Answer = Record<string, unknown>;

/** MLflow's REST API. Each call throws `UsageError` (refused) or `ExternalError` (out of reach, tried several times). */
export interface MlflowClient {
  /** The server's address, without user and password. */
  readonly base: string;
  /** The answer's object; null for a foreseen refusal. */
  call(call: MlflowCall): Promise<Answer | null>;
  /** Writes an artifact, streamed; `path` as in `artifactPath`. Overwrites. */
  upload(path: string, source: ArtifactSource): Promise<void>;
  /** An artifact's answer, to be read by the caller; null where missing. */
  download(path: string): Promise<Response | null>;
}

/** How patient the client is, in milliseconds; plain data, so that tests use smaller numbers. */
export interface MlflowPatience extends RetryPolicy {
  requestMs: number;
  /** For one artifact. */
  transferMs: number;
}

const PATIENCE: MlflowPatience = {
  attempts: 4,
  pauseMs: 500,
  longestPauseMs: 5000,
  requestMs: 20_000,
  transferMs: 900_000,
};

/** The server, and the same for the last words of a work that was stopped. */
export interface MlflowServer {
  client: MlflowClient;
  /** Its signal is its own, as that of the work is aborted. */
  closing(signal: AbortSignal): MlflowClient;
}

export function mlflowServer(
  world: World,
  address: MlflowAddress,
): MlflowServer {
  return {
    client: mlflowClient(world, address),
    closing: (signal) => mlflowClient({ ...world, signal }, address),
  };
}

type World = Pick<Context, "fetch" | "signal">;

/** No header but the needed ones: with an `Origin`, MLflow takes it for a foreign page. */
export function mlflowClient(
  world: World,
  { base, authorization }: MlflowAddress,
  patience: MlflowPatience = PATIENCE,
): MlflowClient {
  const login = authorization === null ? {} : { authorization };

  const send = async (
    url: URL,
    init: RequestInit,
    limitMs = patience.requestMs,
  ): Promise<Response> => {
    const signal = AbortSignal.any([
      world.signal,
      AbortSignal.timeout(limitMs),
    ]);
    try {
      return await world.fetch(url, {
        ...init,
        ...{ signal, redirect: "manual" },
        headers: { ...(init.headers as object), ...login },
      });
    } catch (error) {
      world.signal.throwIfAborted();
      throw lostFailure(error, limitMs);
    }
  };

  const tried = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await retried(work, {
        policy: patience,
        signal: world.signal,
        judge: (error) => (error instanceof MlflowFailure ? error.again : null),
      });
    } catch (error) {
      throw error instanceof MlflowFailure
        ? mlflowError(error, { what, base })
        : error;
    }
  };

  const ask = async (call: MlflowCall): Promise<Answer | null> => {
    const { url, init } = requestOf(base, call);
    const response = await send(url, init);
    const text = await textOf(response, world.signal, patience.requestMs);
    const data = objectIn(text);
    if (response.ok && data) return data;

    const failure = answeredFailure(response, text);
    if (call.foreseen?.includes(failure.word)) return null;
    throw failure;
  };

  return {
    base,
    call: (call) => {
      let round = 0;
      return tried(call.what, async () => {
        round++;
        const found = round > 1 ? await call.found?.() : null;
        return found ?? ask(call);
      });
    },
    upload: (path, source) =>
      tried(`writing ${path}`, async () => {
        const init = { method: "PUT", ...uploadOf(source) };
        const url = artifactUrl(base, path);
        const response = await send(url, init, patience.transferMs);
        const text = await textOf(response, world.signal, patience.transferMs);
        if (!response.ok || /^\s*</.test(text))
          throw answeredFailure(response, text);
      }),
    download: (path) =>
      tried(`reading ${path}`, async () => {
        const url = artifactUrl(base, path);
        const response = await send(url, {}, patience.transferMs);
        if (response.ok) return response;

        const text = await textOf(response, world.signal, patience.requestMs);
        const failure = answeredFailure(response, text);
        if (failure.status === 404 && failure.word !== "") return null;
        throw failure;
      }),
  };
}

function requestOf(
  base: string,
  { method, api = "mlflow", path, data }: MlflowCall,
): { url: URL; init: RequestInit } {
  const url = new URL(`${base}/api/2.0/${api}/${path}`);
  if (method === "GET") {
    for (const [key, value] of Object.entries(data))
      url.searchParams.set(key, String(value));
    return { url, init: { method } };
  }

  return {
    url,
    init: {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(data),
    },
  };
}

async function textOf(
  response: Response,
  signal: AbortSignal,
  limitMs: number,
): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw lostFailure(error, limitMs);
  }
}

/** A body of its own for each try, as a stream can be read once. Node cannot send 300 MB as one buffer. */
function uploadOf(source: ArtifactSource): RequestInit {
  const headers = { "content-type": "application/octet-stream" };
  if ("bytes" in source) return { headers, body: Buffer.from(source.bytes) };

  return {
    headers: { ...headers, "content-length": String(source.size) },
    body: createReadStream(source.file),
    duplex: "half",
  } as unknown as RequestInit;
}
