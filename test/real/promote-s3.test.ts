import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { versionPrefix } from "../../src/registry/layout.ts";
import { openTarget } from "../../src/registry/open-target.ts";
import { published, setUp, weights } from "../commands/promoting.ts";
import {
  ALL_S3,
  hasS3,
  type S3Server,
  startS3,
} from "../support/s3-servers.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const MODEL = { algorithm: "CenterPoint", name: "t4base" };
/** Moments at which a promotion is killed; more of them with `npm run test:registry`. */
const KILLS = ALL_S3 ? 30 : 2;

describe.skipIf(!hasS3("moto"))("promote to a real S3 server", () => {
  let server: S3Server;
  const before = { ...process.env };
  beforeAll(async () => {
    server = await startS3("moto");
    Object.assign(process.env, server.env);
  });
  afterAll(async () => {
    process.env = before;
    await server.stop();
  });

  function promotion(cwd: string, args: string[]) {
    const child = spawn(process.execPath, [CLI, "promote", ...args], {
      ...{ cwd, env: { ...before, ...server.env } },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        log += chunk;
      });
    const ended = once(child, "exit").then(([code]) => ({ code, log }));

    return { child, ended };
  }

  it(`killed at ${KILLS} moments, and two at once: a version is whole, or not there`, {
    timeout: 900_000,
  }, async () => {
    const { store } = setUp();
    const bucket = await server.bucket();
    const url = `s3://${bucket}/autoware-ml`;
    const out = (name: string) => ["--out", join(store.root, name)];
    const args = [...["--store", store.url, "--model", "det", "--to", url]];
    await published(store);
    const start = performance.now();
    const whole = await promotion(store.cwd, [...args, ...out("o")]).ended;
    const wholeMs = performance.now() - start;
    expect(whole.code, whole.log).toBe(0);

    for (let kill = 0; kill < KILLS; kill++) {
      store.write("model/det/toy.weights", weights(kill, 1, 2, 3));
      await published(store);
      const [first, second] = ["a", "b"].map((name) =>
        promotion(store.cwd, [...args, ...out(name)]),
      );
      await sleep(wholeMs * (0.3 + Math.random()));
      first?.child.kill("SIGKILL");
      await Promise.all([first?.ended, second?.ended]);
      await expectAllWhole(url);

      const last = await promotion(store.cwd, [...args, ...out("c")]).ended;
      expect(last.code, last.log).toBe(0);
      expect(last.log).toContain(`t4base 1.${kill + 1}.0`);
    }
  });

  async function expectAllWhole(url: string) {
    const environment = readEnvironment({ ...server.env });
    const { signal } = new AbortController();
    const target = await openTarget({ environment, signal }, url, "NONE");
    for (const version of await target.versions(MODEL)) {
      const release = await target.read(MODEL, version);
      const listed = await keysOf(server, url, versionPrefix(MODEL, version));
      expect(listed).toEqual(
        [
          ...(release?.files ?? []).map(({ name, size }) => `${name} ${size}`),
          "release.json",
        ].sort(),
      );
    }
    await target.close();
  }
});

/** Names and sizes of what lies below a prefix; of `release.json` the name alone. */
async function keysOf(
  { endpoint, env }: S3Server,
  url: string,
  prefix: string,
): Promise<string[]> {
  const { ListObjectsV2Command, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    ...{ endpoint, region: "us-east-1", forcePathStyle: true },
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
  const [, , Bucket, folder] = url.split("/");
  const Prefix = `${folder}/${prefix}`;
  const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
  client.destroy();

  return (page.Contents ?? [])
    .map(({ Key = "", Size }) => [Key.slice(Prefix.length), Size] as const)
    .map(([name, size]) => (name === "release.json" ? name : `${name} ${size}`))
    .sort();
}
