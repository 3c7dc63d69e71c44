import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tryAnotherUser } from "../../src/engine/another-user.ts";
import { tryBubblewrap } from "../../src/engine/bubblewrap.ts";
import { chooseIsolation } from "../../src/engine/isolation.ts";
import type {
  Isolation,
  Unreachable,
} from "../../src/engine/isolation-level.ts";
import { tryLandlock } from "../../src/engine/landlock.ts";
import { runEngine } from "../../src/engine/run-engine.ts";
import {
  CHILDREN,
  processesWith,
  temporaryFolder,
  waitUntil,
} from "../child/children.ts";
import { canReach } from "./rungs.ts";
import { testContext, toyEngine, toyRequest } from "./toy.ts";

const SECRETS = {
  CI_JOB_TOKEN: "a",
  AWS_SECRET_ACCESS_KEY: "b",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "c",
};
const PASSED_ON = [
  "HOME",
  "LANG",
  "MALLOC_MMAP_MAX_",
  "MALLOC_TRIM_THRESHOLD_",
  "OMP_NUM_THREADS",
  "OMP_WAIT_POLICY",
  "OPENBLAS_THREAD_TIMEOUT",
  "PATH",
  "PWD",
  "PYTHONDONTWRITEBYTECODE",
  "PYTHONHASHSEED",
  "PYTHONNOUSERSITE",
  "PYTHONPATH",
];

type Level =
  | "bubblewrap"
  | "landlock"
  | "landlock with another user"
  | "uid"
  | "uid without namespaces"
  | "none";

interface Sight {
  environment: Record<string, string>;
  parent: string | string[];
  network: string;
  secret: string;
  written: string[];
  rights: number;
  may_gain_rights: boolean;
}

/** How many of the folders it must not write to. */
const FORBIDDEN: Record<Level, number> = {
  none: 1,
  uid: 2,
  "uid without namespaces": 2,
  landlock: 2,
  "landlock with another user": 2,
  bubblewrap: 3,
};

/** What an engine's process sees at a rung; `naptime` marks the process that it leaves behind. */
async function lookAround(level: Level, naptime: string): Promise<Sight> {
  const ctx = testContext(SECRETS);
  mkdirSync(ctx.home, { mode: 0o700 });
  const secretFile = join(ctx.home, ".lakectl.yaml");
  writeFileSync(secretFile, "top secret");
  const { workFolder, request } = toyRequest();
  const all = [ctx.home, CHILDREN, request.model.dir];
  const forbidden = all.slice(0, FORBIDDEN[level]);
  request.options = {
    port: await openPort(),
    secret_file: secretFile,
    forbidden,
    naptime,
  };
  const engine = { ...(await toyEngine()), folder: CHILDREN, entry: "spy.py" };
  const environment = {
    installed: true,
    python: "/usr/bin/python3",
    folder: null,
    versions: {},
    reads: [],
  };
  const isolation = await rung(level, ctx);
  const logFile = join(temporaryFolder(), "engine.log");
  onTestFinished(() =>
    processesWith(naptime).forEach((pid) => void process.kill(pid, "SIGKILL")),
  );
  await runEngine(ctx, { ...engine, environment }, request, {
    isolation,
    timeoutMs: 20_000,
    workFolder,
    logFile,
  });
  expect(statSync(join(request.output_dir, "written-by-spy")).uid).toBe(
    process.getuid?.(),
  );
  return JSON.parse(readFileSync(logFile, "utf8")) as Sight;
}

async function rung(
  level: Level,
  ctx: ReturnType<typeof testContext>,
): Promise<Isolation> {
  if (level === "none") return chooseIsolation(ctx, "none");
  const unshare = level === "uid" ? undefined : "/nowhere/unshare";
  if (level === "landlock") return orThrow(await tryLandlock(ctx));
  if (level === "bubblewrap") return orThrow(await tryBubblewrap(ctx));

  const user = orThrow(await tryAnotherUser(ctx, [], unshare));
  return level === "landlock with another user"
    ? orThrow(await tryLandlock(ctx, user))
    : user;
}

function orThrow(reached: Isolation | Unreachable): Isolation {
  if ("because" in reached) throw new Error(reached.because);
  return reached;
}

function openPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  return new Promise((resolve) =>
    server.once("listening", () =>
      resolve((server.address() as AddressInfo).port),
    ),
  );
}

describe.skipIf(!canReach("bubblewrap", "uid"))("an engine's process", () => {
  it.each(["bubblewrap", "uid", "none"] as const)(
    "at the rung %s has an environment without secrets",
    async (level) => {
      const { environment } = await lookAround(level, "61.1");
      expect(Object.keys(environment)).toEqual(
        expect.arrayContaining(PASSED_ON.filter((name) => name !== "PWD")),
      );
      const more = Object.keys(environment).filter(
        (name) => !PASSED_ON.includes(name),
      );
      expect(more.sort()).toEqual(
        [
          "PYTHONUNBUFFERED",
          "TMPDIR",
          ...(environment.LC_CTYPE ? ["LC_CTYPE"] : []),
        ].sort(),
      );
    },
  );

  it("at the rung bubblewrap has no network, no parent, no rights, no secret file, and writes only to its work folder", async () => {
    const sight = await lookAround("bubblewrap", "62.1");
    expect(sight).toMatchObject({
      network: "ConnectionRefusedError",
      rights: 0,
      may_gain_rights: false,
      secret: "FileNotFoundError",
    });
    expect(sight.written).toEqual(["FileNotFoundError", "OSError", "OSError"]);
    expect(Array.isArray(sight.parent) ? sight.parent : []).not.toContain(
      "VITEST",
    );
    await waitUntil(() => processesWith("62.1").length === 0);
  });

  it.each([
    ["uid", "63.1", "OSError"],
    ["uid without namespaces", "65.1", "connected"],
  ] as const)(
    "at the rung %s cannot look into its parent or into private files, and has no rights",
    async (level, naptime, network) => {
      const sight = await lookAround(level, naptime);
      expect(sight).toMatchObject({
        rights: 0,
        may_gain_rights: false,
        secret: "PermissionError",
        network,
      });
      expect(sight.written).toEqual(["PermissionError", "PermissionError"]);
      expect(Array.isArray(sight.parent) ? sight.parent : []).not.toContain(
        "VITEST",
      );
      await waitUntil(() => processesWith(naptime).length === 0);
    },
  );

  it.each([
    ["landlock", "66.1"],
    ["landlock with another user", "67.1"],
  ] as const)(
    "at the rung %s opens no socket, reads no private file, writes only to its work folder, and leaves nothing behind",
    async (level, naptime) => {
      const sight = await lookAround(level, naptime);
      expect(sight).toMatchObject({
        network: "PermissionError",
        secret: "PermissionError",
        parent: "PermissionError",
        may_gain_rights: false,
      });
      expect(sight.written).toEqual(["PermissionError", "PermissionError"]);
      await waitUntil(() => processesWith(naptime).length === 0);
    },
  );

  it("without isolation sees all that, so that these tests can fail", async () => {
    const sight = await lookAround("none", "64.1");
    expect(sight).toMatchObject({
      network: "connected",
      secret: "top secret",
      written: ["written"],
    });
    expect(sight.parent).toContain("VITEST");
  });
});
