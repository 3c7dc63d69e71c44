import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { layoutOf } from "../../src/store/file/layout.ts";
import { underStoreLock } from "../../src/store/file/store-lock.ts";
import { statToken } from "../../src/store/file/token.ts";
import { folderStore } from "../store/file/folder-store.ts";
import type { StoreUnderTest } from "../store/harness.ts";
import { s3UnderTest } from "../store/s3-under-test.ts";
import { type CommandRun, commandLine } from "../support/command-line.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import type { S3Server } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import { CI } from "./lost-job.ts";

/** The checks that a run of many can do without. */
const CHEAP = `version: 1
defaults:
  validate:
    off: [performance, metamorphic, shapes, extremes, behaviour]
`;

/** A store without a server of commits, a place to run in, and the draft of a lost job as somebody sees it who can write. */
export interface LeftStore {
  under: StoreUnderTest;
  cwd: string;
  job(args?: string[], env?: Record<string, string>): Promise<CommandRun>;
  /** A job of GitLab whose runner is lost when it has converted, before its result becomes visible. */
  lose(env?: Record<string, string>): Promise<CommandRun>;
  /** Bytes of a kept file. */
  read(path: string): Promise<Buffer>;
  /** Forges files of each draft, and what says of them which bytes they have. */
  forge(files: Record<string, Buffer | string>): Promise<void>;
  /** Changes the bytes of a kept file alone. */
  damage(path: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

export const weights = (b: number) =>
  JSON.stringify({ w: [1, 2, 3, 4], b: [0, 0, 0, b] });

interface Place {
  under: StoreUnderTest;
  cwd: string;
  env: Record<string, string>;
}

async function placeOf(
  under: StoreUnderTest,
  env: Record<string, string>,
): Promise<Place> {
  const cwd = await mkdtemp(join(tmpdir(), "model-to-edge-"));
  await writeFile(join(cwd, "conversion.yaml"), CHEAP);
  await under.write("main", {
    "model/det/model.json": '{"channels":4}',
    "model/det/toy.weights": weights(1),
  });

  return { under, cwd, env };
}

function jobOf(
  { under, cwd, env }: Place,
  args: string[] = [],
  own: Record<string, string> = {},
  started?: Parameters<typeof commandLine>[1]["started"],
): Promise<CommandRun> {
  const isolation = "MODEL_TO_EDGE_SIGNING_KEY" in own ? "auto" : "none";
  return commandLine(
    [
      ...["run", "--store", under.store.url, "--model-branch", "main"],
      ...["--isolation", isolation, "--config", "conversion.yaml", ...args],
    ],
    { cwd, env: { ...env, ...CI, ...own }, ...(started && { started }) },
  );
}

const sha256Of = (bytes: Buffer) =>
  createHash("sha256").update(bytes).digest("hex");

/** In a folder: the job waits for the store's lock when it is killed. */
export async function leftInFolder(): Promise<LeftStore> {
  const under = await folderStore();
  const place = await placeOf(under, {});
  const drafts = fileURLToPath(`${under.store.url}/.model-to-edge/drafts`);
  const records = () =>
    existsSync(drafts)
      ? readdirSync(drafts).flatMap((id) =>
          readdirSync(join(drafts, id))
            .filter((name) => /^kept-.*\.json$/.test(name))
            .map((name) => join(drafts, id, name)),
        )
      : [];
  const inDraft = (record: string, path: string) =>
    join(dirname(record), "files", path);

  return {
    ...{ under, cwd: place.cwd },
    job: (args, env) => jobOf(place, args, env),
    lose: (env) =>
      underStoreLock(storeContext(), layoutOf(under.root), () => {
        const before = records().length;
        return jobOf(place, ["--out", "lost"], env, (child) => {
          const timer = setInterval(() => {
            if (records().length === before) return;
            clearInterval(timer);
            child.kill("SIGKILL");
          }, 10);
          child.on("close", () => clearInterval(timer));
        });
      }),
    read: async (path) => readFileSync(inDraft(records()[0] ?? "", path)),
    async forge(files) {
      for (const file of records()) {
        const record = JSON.parse(readFileSync(file, "utf8"));
        for (const [path, content] of Object.entries(files)) {
          const target = inDraft(file, path);
          await writeFile(target, content);
          record.files[path] = {
            sha256: sha256Of(Buffer.from(content)),
            stat: statToken(statSync(target, { bigint: true })),
          };
        }
        await writeFile(file, JSON.stringify(record));
      }
    },
    async damage(path, bytes) {
      for (const file of records()) {
        const record = JSON.parse(readFileSync(file, "utf8"));
        const target = inDraft(file, path);
        await writeFile(target, bytes);
        record.files[path].stat = statToken(statSync(target, { bigint: true }));
        await writeFile(file, JSON.stringify(record));
      }
    },
    async close() {
      await rm(place.cwd, { recursive: true });
      await under.close();
    },
  };
}

/** In a bucket: the job is killed when it writes the index. */
export async function leftInBucket(server: S3Server): Promise<LeftStore> {
  const under = await s3UnderTest(server);
  const { client, bucket, prefix } = under;
  const place = await placeOf(under, server.env);
  const own = `${prefix}.model-to-edge/`;
  const records = () => keptKeys(client, bucket, `${own}drafts/`);
  const get = (Key: string) => bytesAt(client, bucket, Key);
  const put = async (Key: string, Body: Buffer) => {
    const at = { Bucket: bucket, Key, Body };
    const { ETag = "" } = await client.send(new PutObjectCommand(at));
    return ETag.replaceAll('"', "");
  };
  const eachRecord = async (
    change: (files: Record<string, Kept>) => Promise<void>,
  ) => {
    for (const key of await records()) {
      const record = JSON.parse(String(await get(key)));
      await change(record.files);
      await put(key, Buffer.from(JSON.stringify(record)));
    }
  };

  return {
    ...{ under, cwd: place.cwd },
    job: (args, env) => jobOf(place, args, env),
    async lose(env) {
      const proxy = await faultProxy(server.endpoint);
      const through = {
        ...place,
        env: { ...place.env, AWS_ENDPOINT_URL_S3: proxy.endpoint },
      };
      const run = await jobOf(through, ["--out", "lost"], env, (child) =>
        proxy.before(
          ({ method, path }) =>
            method === "PUT" && path.includes(".model-to-edge/branches/"),
          async () => {
            child.kill("SIGKILL");
            await new Promise((resolve) => child.once("close", resolve));
          },
        ),
      );
      await proxy.close();

      return run;
    },
    async read(path) {
      const [first = ""] = await records();
      const { files } = JSON.parse(String(await get(first)));
      return get(`${own}objects/${files[path].sha256}`);
    },
    forge: (changed) =>
      eachRecord(async (files) => {
        for (const [path, content] of Object.entries(changed)) {
          const bytes = Buffer.from(content);
          const sha256 = sha256Of(bytes);
          const etag = await put(`${own}objects/${sha256}`, bytes);
          files[path] = { sha256, size: bytes.length, etag };
        }
      }),
    damage: (path, bytes) =>
      eachRecord(async (files) => {
        const kept = files[path] as Kept;
        kept.etag = await put(`${own}objects/${kept.sha256}`, bytes);
      }),
    async close() {
      await rm(place.cwd, { recursive: true });
      await under.close();
    },
  };
}

interface Kept {
  sha256: string;
  size: number;
  etag: string;
}

async function keptKeys(
  client: S3Client,
  Bucket: string,
  Prefix: string,
): Promise<string[]> {
  const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return (page.Contents ?? [])
    .map(({ Key = "" }) => Key)
    .filter((key) => key.includes("/kept-"));
}

async function bytesAt(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}
