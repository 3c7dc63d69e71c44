import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { s3Server } from "../../scripts/parts/python-tools.mjs";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { versitygw } from "../../scripts/parts/versitygw.mjs";
import { freePort } from "./free-port.ts";

export interface S3Server {
  /** The variables that AWS's own tools read. */
  env: Record<string, string>;
  endpoint: string;
  /** Makes a fresh bucket, with object lock where that is said, and answers its name. */
  bucket(isLocked?: boolean): Promise<string>;
  stop(): Promise<void>;
}

export type S3Kind = "moto" | "versitygw";

/** Whether tests try all servers and each call, as `npm run test:s3` does. */
export const ALL_S3 = process.env.S3_SERVERS === "all";

/** Servers to run tests on. One of its own takes long: the second only where all are asked for. */
export const S3_KINDS: readonly S3Kind[] = ALL_S3
  ? ["moto", "versitygw"]
  : ["moto"];

/**
 * Whether the server is here. moto is needed where MODEL_TO_EDGE_TEST_REAL=required, versitygw where S3_SERVERS=all:
 * it takes minutes to build.
 */
export function hasS3(kind: S3Kind): boolean {
  const build = {
    moto: process.env.MODEL_TO_EDGE_TEST_REAL === "required",
    versitygw: ALL_S3,
  }[kind];
  const there = kind === "moto" ? s3Server({ build }) : versitygw({ build });
  if (!there && build) throw new Error(`${kind} could not be made`);
  if (!there)
    console.log(`skipped, needs ${kind}: node scripts/parts/real-parts.mjs`);

  return there !== null;
}

/** On a free port of 127.0.0.1, with data of its own, below a folder. */
export async function startS3(
  kind: S3Kind,
  below: string = tmpdir(),
): Promise<S3Server> {
  const folder = mkdtempSync(join(below, `${kind}-`));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIAMODELTOEDGE",
    AWS_SECRET_ACCESS_KEY: randomBytes(24).toString("hex"),
  };
  const [program, args] = commandOf(kind, { port, folder });
  const server = spawn(program, args, {
    stdio: "ignore",
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, TMPDIR: folder },
      ROOT_ACCESS_KEY: env.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: env.AWS_SECRET_ACCESS_KEY,
    },
  });
  await answering(endpoint, server);

  return {
    ...{ env, endpoint },
    async bucket(isLocked = false) {
      const name = `b-${randomBytes(4).toString("hex")}`;
      const { CreateBucketCommand, S3Client } = await import(
        "@aws-sdk/client-s3"
      );
      const client = new S3Client({
        ...{ endpoint, region: env.AWS_REGION, forcePathStyle: true },
        credentials: {
          accessKeyId: env.AWS_ACCESS_KEY_ID,
          secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
        },
      });
      await client.send(
        new CreateBucketCommand({
          Bucket: name,
          ...(isLocked && { ObjectLockEnabledForBucket: true }),
        }),
      );
      client.destroy();
      return name;
    },
    async stop() {
      server.kill("SIGKILL");
      if (server.exitCode === null) await once(server, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function commandOf(
  kind: S3Kind,
  { port, folder }: { port: number; folder: string },
): [string, string[]] {
  const address = `127.0.0.1:${port}`;
  if (kind === "moto") {
    const python = s3Server({ build: false })?.python ?? "";
    const program = join(dirname(python), "moto_server");
    return [program, ["-H", "127.0.0.1", "-p", String(port)]];
  }

  const data = join(folder, "data");
  const sidecar = join(folder, "sidecar");
  for (const each of [data, sidecar]) mkdirSync(each, { recursive: true });

  return [
    versitygw() ?? "",
    ["--quiet", "--port", address, "posix", "--sidecar", sidecar, data],
  ];
}

async function answering(endpoint: string, server: ChildProcess) {
  for (let left = 300; left > 0; left--) {
    if (server.exitCode !== null) throw new Error(`${endpoint} has ended`);
    if (await fetch(endpoint).catch(() => null)) return;
    await sleep(100);
  }
  throw new Error(`${endpoint} does not answer`);
}
