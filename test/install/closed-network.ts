import {
  type ChildProcess,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";

/** Nothing listens there: who asks a server all the same is refused at once. */
const NOWHERE = "http://127.0.0.1:9/";

/** A network with nothing but this machine's own addresses, and a registry of images in it. */
export interface ClosedNetwork {
  /** How it is closed: as a namespace, or by addresses that lead nowhere, where the machine allows no namespace. */
  kind: "namespace" | "addresses";
  /** `127.0.0.1:PORT` of a real registry. */
  registry: string;
  /** Runs a command in it; `env` is all that it gets beside PATH and the addresses. */
  run(words: string[], options: RunOptions): SpawnSyncReturns<string>;
  close(): Promise<void>;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
}

/** Why there is none, or null. */
export function whyNoRegistry(): string | null {
  const missing = ["skopeo", "docker-registry", "git", "rsync"].filter(
    (tool) => spawnSync(tool, ["--version"]).error,
  );
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
}

/** Starts both; `folder` is the registry's. */
export async function openClosedNetwork(
  folder: string,
): Promise<ClosedNetwork> {
  const holder = await makeNamespace();
  const enter = holder ? ["nsenter", `--net=/proc/${holder.pid}/ns/net`] : [];
  const port = await freePort();
  const registry = `127.0.0.1:${port}`;

  mkdirSync(folder, { recursive: true });
  const config = join(folder, "config.yml");
  writeFileSync(
    config,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}/data\nhttp:\n  addr: ${registry}\n`,
  );
  const [program = "", ...words] = [
    ...enter,
    ...["docker-registry", "serve", config],
  ];
  const server = spawn(program, words, { stdio: "ignore" });

  const run: ClosedNetwork["run"] = (command, { cwd, env }) => {
    const [first = "", ...others] = [...enter, ...command];
    return spawnSync(first, others, {
      cwd,
      encoding: "utf8",
      maxBuffer: 1 << 26,
      env: {
        PATH: process.env.PATH,
        npm_config_registry: NOWHERE,
        PIP_INDEX_URL: NOWHERE,
        ...env,
      },
    });
  };

  await answering(() =>
    run(
      ["skopeo", "list-tags", "--tls-verify=false", `docker://${registry}/x`],
      {
        cwd: folder,
      },
    ).stderr.includes("refused"),
  );

  return {
    kind: holder ? "namespace" : "addresses",
    registry,
    run,
    close: async () => {
      await ended(server);
      if (holder) await ended(holder);
    },
  };
}

/** A process that holds a namespace with `lo` alone; null where the machine allows none. */
async function makeNamespace(): Promise<ChildProcess | null> {
  const holder = spawn(
    "unshare",
    ["--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 3600"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const isUp = await new Promise<boolean>((done) => {
    holder.on("error", () => done(false));
    holder.on("exit", () => done(false));
    holder.stdout?.once("data", () => done(true));
  });
  return isUp ? holder : null;
}

async function answering(refused: () => boolean): Promise<void> {
  for (let tries = 0; refused(); tries++) {
    if (tries > 100) throw new Error("the registry does not answer");
    await sleep(200);
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once("exit", () => done());
    child.kill("SIGKILL");
  });
}
