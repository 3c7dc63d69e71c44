import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { mlflow } from "../../scripts/parts/python-tools.mjs";
import { freePort } from "./free-port.ts";

export interface MlflowServer {
  url: string;
  /** With MLflow's own client. */
  python: string;
  stop(): Promise<void>;
}

/** Seconds; the first start makes the database. */
const STARTS_WITHIN = 240;

/** A real MLflow server on a free port of 127.0.0.1, with SQLite and a folder for artifacts, both of its own. */
export async function startMlflow(): Promise<MlflowServer> {
  const tools = mlflow();
  if (!tools) throw new Error("MLflow could not be installed");

  const folder = mkdtempSync(join(tmpdir(), "mlflow-server-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = openSync(join(folder, "server.log"), "w");
  // In a group of its own: the server starts others.
  const child = spawn(
    join(dirname(tools.python), "mlflow"),
    [
      ...["server", "--host", "127.0.0.1", "--port", String(port)],
      ...["--workers", "1", "--serve-artifacts"],
      ...["--backend-store-uri", `sqlite:///${join(folder, "runs.db")}`],
      ...["--artifacts-destination", join(folder, "artifacts")],
    ],
    { cwd: folder, detached: true, stdio: ["ignore", log, log] },
  );

  const stop = async () => {
    if (child.pid === undefined) return;
    const ended = child.exitCode === null ? once(child, "exit") : null;
    process.kill(-child.pid, "SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  for (let second = 0; second < STARTS_WITHIN; second++) {
    const health = await fetch(`${url}/health`).catch(() => null);
    if (health?.ok) return { url, python: tools.python, stop };
    await sleep(1000);
  }

  await stop();
  throw new Error(`MLflow did not start within ${STARTS_WITHIN} s`);
}
