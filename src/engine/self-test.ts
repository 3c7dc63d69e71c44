import { createSocket, type Socket } from "node:dgram";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { pid } from "node:process";
import { runChild } from "../child/run-child.ts";
import { temporaryFolder } from "../disk/temporary-folder.ts";
import { findPython } from "./interpreter.ts";
import type { Isolation, IsolationContext } from "./isolation-level.ts";
import { sandboxFolder } from "./sandbox-folder.ts";

/** What a process of the level reached when it tried; true is what nobody wants. */
export interface Sight {
  /** A file that only the runner's user may read. */
  secret: boolean;
  /** The variables of the runner's process. */
  environment: boolean;
  /** A file of the checkout. */
  project: boolean;
  /** Writing to it. */
  write: boolean;
  /** Signals to the runner. */
  signal: boolean;
  tcp: boolean;
  udp: boolean;
}

const LIMIT_MS = 15_000;
const PROJECT = "project";

const WORDS: Record<keyof Sight, string> = {
  secret: "files of the job's user",
  environment: "the job's variables",
  project: "the checkout",
  write: "writing to the checkout",
  signal: "the runner's process",
  tcp: "TCP",
  udp: "UDP",
};

/** Runs a program through the level that tries what a model's code would try; null where it could not be run. */
export async function lookAround(
  ctx: IsolationContext,
  isolation: Isolation,
): Promise<Sight | null> {
  const python = await findPython(ctx.environment.path);
  if (python === null) return null;

  const folder = await temporaryFolder("model-to-edge-look-");
  const servers = await openServers();

  try {
    const asked = {
      runner: pid,
      secret: join(folder, "secret"),
      project: await projectFile(ctx.cwd, folder),
      tcp: portOf(servers.tcp),
      udp: portOf(servers.udp),
    };
    await writeFile(asked.secret, "secret", { mode: 0o600 });
    // Not the folder, but the file's own mode is what is asked.
    await chmod(folder, 0o755);

    const place = join(folder, "place");
    await mkdir(place);
    await isolation.prepare(place);

    const program = join(sandboxFolder(ctx), "probe.py");
    const wrapped = await isolation.wrap(
      python,
      ["-I", "-B", program, JSON.stringify(asked)],
      { readable: [sandboxFolder(ctx)], writable: [], gpu: false },
    );

    const { exitCode, tail } = await runChild(ctx, {
      ...wrapped,
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      timeoutMs: LIMIT_MS,
      graceMs: 100,
      maxLogBytes: 10_000,
      signal: ctx.signal,
    }).finally(() => isolation.end({ exitCode: 0, signal: null }));

    if (exitCode !== 0) return null;

    const write = (await readFile(asked.project, "utf8")) !== PROJECT;
    return parseSight(tail.at(-1) ?? "", write);
  } finally {
    servers.tcp.close();
    servers.udp.close();
    await removeProjectFile(ctx.cwd, folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a model's code could take something away, or bring something in. */
export function leaks({ secret, environment, tcp, udp }: Sight): boolean {
  return secret || environment || tcp || udp;
}

/** What it reached, in words; empty where nothing. */
export function reached(sight: Sight): string[] {
  return (Object.keys(WORDS) as (keyof Sight)[])
    .filter((key) => sight[key])
    .map((key) => WORDS[key]);
}

function parseSight(line: string, write: boolean): Sight | null {
  try {
    const data = { ...(JSON.parse(line) as Partial<Sight>), write };
    const keys = Object.keys(WORDS) as (keyof Sight)[];
    return keys.every((key) => typeof data[key] === "boolean")
      ? (data as Sight)
      : null;
  } catch {
    return null;
  }
}

const nameIn = (folder: string) =>
  `.${folder.split("/").at(-1) ?? "model-to-edge-look"}`;

/** A new file of the checkout, as the job's own umask makes one; where nothing can be written there, one beside the secret. */
async function projectFile(cwd: string, folder: string): Promise<string> {
  for (const file of [join(cwd, nameIn(folder)), join(folder, "project")])
    try {
      await writeFile(file, PROJECT);
      return file;
    } catch {
      // A checkout that is read-only is not written by the model either.
    }

  return join(folder, "project");
}

async function removeProjectFile(cwd: string, folder: string): Promise<void> {
  await rm(join(cwd, nameIn(folder)), { force: true });
}

async function openServers(): Promise<{ tcp: Server; udp: Socket }> {
  const tcp = createServer((socket) => socket.destroy());
  const udp = createSocket("udp4");
  udp.on("message", (_, { address, port }) => udp.send("!", port, address));

  await new Promise<void>((resolve) =>
    tcp.listen(0, "127.0.0.1", () => resolve()),
  );
  await new Promise<void>((resolve) =>
    udp.bind(0, "127.0.0.1", () => resolve()),
  );

  return { tcp, udp };
}

function portOf(server: Server | Socket): number {
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}
