import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

/** A real HTTP proxy on 127.0.0.1. */
export interface Tinyproxy {
  url: string;
  /** The requests that it saw, such as `CONNECT localhost:8443 HTTP/1.1`. */
  seen(): string[];
  forget(): void;
  stop(): Promise<void>;
}

/** Whether it is there; throws where MODEL_TO_EDGE_TEST_REAL=required and it is not. */
export function hasTinyproxy(): boolean {
  const there = spawnSync("which", ["tinyproxy"]).status === 0;
  if (!there && process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error("tinyproxy is missing (apt-get install tinyproxy-bin)");
  if (!there) console.log("skipped, needs tinyproxy (tinyproxy-bin)");
  return there;
}

/** Tunnels only to these ports, as proxies do; `login` is `user:password`. */
export async function startTinyproxy(
  folder: string,
  tlsPorts: number | readonly number[],
  login?: string,
): Promise<Tinyproxy> {
  const port = await freePort();
  const config = join(folder, `tinyproxy-${port}.conf`);
  const logFile = join(folder, `tinyproxy-${port}.log`);
  writeFileSync(logFile, "");
  const lines = [
    `Port ${port}`,
    "Listen 127.0.0.1",
    `LogFile "${logFile}"`,
    "LogLevel Info",
    "Timeout 60",
    ...[tlsPorts].flat().map((allowed) => `ConnectPort ${allowed}`),
    ...(login ? [`BasicAuth ${login.replace(":", " ")}`] : []),
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const child = spawn("tinyproxy", ["-d", "-c", config], { stdio: "ignore" });
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new Error(`tinyproxy ended: ${readFileSync(logFile, "utf8")}`);
    await sleep(20);
  }
  return {
    url: `http://${login ? `${login}@` : ""}127.0.0.1:${port}`,
    seen: () =>
      [...readFileSync(logFile, "utf8").matchAll(/Request .*?: (.+)/g)].map(
        (match) => match[1] ?? "",
      ),
    forget: () => writeFileSync(logFile, ""),
    async stop() {
      child.kill("SIGKILL");
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}
