import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { ensureLakefs, type LakefsParts } from "../../scripts/parts/lakefs.mjs";
import { freePort } from "./free-port.ts";

export interface LakefsServer {
  endpoint: string;
  /** The variables that lakeFS's own tools read. */
  env: Record<string, string>;
  /** Null where somebody else runs the server: then nothing may kill it. */
  process: ChildProcess | null;
  /** Calls its REST API as an administrator would; JSON in, JSON (or text) out; throws where the status is not 2xx. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** Sends raw bytes to an object's address. */
  upload(path: string, content: string | Uint8Array): Promise<void>;
  /** Makes a fresh repository with a branch `main`. */
  repository(): Promise<string>;
  /** As a crash does it; `start` runs it again over the same data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The real parts, or null with the reason printed; throws where MODEL_TO_EDGE_TEST_REAL=required.
 * Use: `const parts = await realLakefs(); describe.skipIf(!parts)(…)`.
 */
export async function realLakefs(): Promise<LakefsParts | null> {
  const required = process.env.MODEL_TO_EDGE_TEST_REAL === "required";
  try {
    return await ensureLakefs({
      build: required,
      log: (line) => console.log(line),
    });
  } catch (error) {
    if (required) throw error;
    console.log(`skipped, needs a real lakeFS: ${(error as Error).message}`);
    return null;
  }
}

/** One server on a free port of 127.0.0.1 with data of its own (or the one of LAKEFS_TEST_ENDPOINT). */
export async function startLakefs(
  parts: LakefsParts,
  more: Record<string, string> = {},
): Promise<LakefsServer> {
  if (parts.endpoint) return runningServer(parts.endpoint);
  const folder = await mkdtemp(join(tmpdir(), "lakefs-"));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const [key, secret] = ["AKIAMODELTOEDGE", randomBytes(24).toString("hex")];
  const serverEnv = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    LAKEFS_DATABASE_TYPE: "local",
    LAKEFS_DATABASE_LOCAL_PATH: join(folder, "kv"),
    LAKEFS_BLOCKSTORE_TYPE: "local",
    LAKEFS_BLOCKSTORE_LOCAL_PATH: join(folder, "blocks"),
    LAKEFS_COMMITTED_LOCAL_CACHE_DIR: join(folder, "cache"),
    LAKEFS_AUTH_ENCRYPT_SECRET_KEY: secret,
    LAKEFS_BLOCKSTORE_SIGNING_SECRET_KEY: secret,
    LAKEFS_INSTALLATION_USER_NAME: "admin",
    LAKEFS_INSTALLATION_ACCESS_KEY_ID: key,
    LAKEFS_INSTALLATION_SECRET_ACCESS_KEY: secret,
    LAKEFS_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    LAKEFS_STATS_ENABLED: "false",
    LAKEFS_EMAIL_SUBSCRIPTION_ENABLED: "false",
    LAKEFS_SECURITY_CHECK_LATEST_VERSION: "false",
    LAKEFS_LOGGING_LEVEL: "ERROR",
    ...more,
  };
  const server = clientOf(endpoint, key, secret);
  const start = async () => {
    const child = spawn(parts.lakefs ?? "lakefs", ["run"], {
      cwd: folder,
      env: serverEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output = (output + chunk).slice(-4000);
      });
    server.process = child;
    await ready(server, child, () => output);
  };
  const end = async (signal: NodeJS.Signals) => {
    const child = server.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  server.start = start;
  server.kill = () => end("SIGKILL");
  server.stop = async () => {
    await end("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  };
  await start();
  return server;
}

function runningServer(endpoint: string): LakefsServer {
  const key = process.env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID ?? "";
  return clientOf(
    endpoint,
    key,
    process.env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY ?? "",
  );
}

/** The same server with the credentials of another user. */
export function clientOf(
  endpoint: string,
  key: string,
  secret: string,
): LakefsServer {
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
  const nothing = async () => {};
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T> => {
    const answer = await fetch(`${endpoint}/api/v1${path}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (
      text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text
    ) as T;
  };
  return {
    endpoint,
    env: {
      LAKECTL_SERVER_ENDPOINT_URL: endpoint,
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: key,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
    },
    process: null,
    call,
    async upload(path, content) {
      const headers = {
        authorization,
        "content-type": "application/octet-stream",
      };
      const answer = await fetch(`${endpoint}/api/v1${path}`, {
        method: "POST",
        headers,
        body: Buffer.from(content),
      });
      if (!answer.ok)
        throw new Error(
          `POST ${path}: ${answer.status} ${await answer.text()}`,
        );
      await answer.arrayBuffer();
    },
    async repository() {
      const name = `r${randomBytes(8).toString("hex")}`;
      await call("POST", "/repositories", {
        name,
        storage_namespace: `local://${name}`,
        default_branch: "main",
      });
      return name;
    },
    kill: nothing,
    start: nothing,
    stop: nothing,
  };
}

/** Ready is a healthy answer and an authenticated one. */
async function ready(
  server: LakefsServer,
  child: ChildProcess,
  output: () => string,
): Promise<void> {
  for (
    const deadline = Date.now() + 60_000;
    Date.now() < deadline;
    await sleep(50)
  ) {
    if (child.exitCode !== null)
      throw new Error(`lakeFS ended with ${child.exitCode}: ${output()}`);
    const health = await fetch(`${server.endpoint}/api/v1/healthcheck`).catch(
      () => null,
    );
    if (health?.status !== 204) continue;
    const listed = await server.call("GET", "/repositories").catch(() => null);
    if (listed) return;
  }
  throw new Error(`lakeFS is not ready after 60 s: ${output()}`);
}
