import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { readEnvironment } from "../../../src/environment/environment.ts";
import type { Subject } from "../../../src/validate/subject.ts";
import { limitsFor } from "../../../src/validate/worker/limits.ts";
import { shareWorker } from "../../../src/validate/worker/shared-worker.ts";
import { runWorker } from "../../../src/validate/worker/start-worker.ts";
import type { WorkerContext } from "../../../src/validate/worker/worker-process.ts";
import { CHILDREN, temporaryFolder } from "../../child/children.ts";
import { canReach } from "../../engine/rungs.ts";
import { withPlainMessage } from "../../support/plain-message.ts";
import { workerContext } from "../../support/validate.ts";

function openPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  return new Promise((resolve) =>
    server.once("listening", () =>
      resolve((server.address() as AddressInfo).port),
    ),
  );
}

/** What a worker reaches that asks what it can; the model's folder says what to try. */
async function sightOf(PATH: string, { insists = false, isShared = false }) {
  const root = temporaryFolder();
  const [folder, scratch] = [join(root, "models/model"), join(root, "scratch")];
  for (const path of [folder, scratch]) mkdirSync(path, { recursive: true });
  const secret = join(root, "secret");
  writeFileSync(secret, "secret");
  const asked = {
    secret,
    parent: process.pid,
    port: await openPort(),
    insists,
  };
  writeFileSync(join(folder, "asked.json"), JSON.stringify(asked));

  const subject: Subject = {
    folder,
    model: join(folder, "net.onnx"),
    references: null,
    contract: null,
    contractProblem: null,
    policy: STRICT,
    published: null,
    opsetOption: null,
  };
  const warnings: string[] = [];
  const ctx = await workerContext();
  const own = {
    ...ctx,
    environment: readEnvironment({ PATH }),
    // Beside the real one, where ONNX Runtime is found.
    worker: probeBeside(ctx.worker),
    log: { ...ctx.log, warn: (line: string) => void warnings.push(line) },
  };
  const said = isShared
    ? await sharedSight(own, subject)
    : (await runWorker(own, { ...asRequest(subject), scratch }, 20_000)).bug;

  const sight = JSON.parse(said ?? "null") as object;
  // In a view of its own it may write where nobody else sees it.
  const writesBeside = readFileSync(secret, "utf8") !== "secret";

  return { warnings, sight: { ...sight, writesBeside } };
}

function asRequest(subject: Subject) {
  return { subject, checks: [], lostProbes: [], limits: limitsFor(1000) };
}

/** The same where the process is one that other models are checked in, too. */
async function sharedSight(
  ctx: WorkerContext,
  subject: Subject,
): Promise<string | undefined> {
  const shared = shareWorker(ctx, dirname(subject.folder));
  const request = { ...asRequest(subject), checks: ["load" as const] };
  const found = await shared.checks(
    { ...request, totalSeconds: 20 },
    ctx.signal,
  );
  await shared.close();

  return found?.map(withPlainMessage)[0]?.message;
}

function probeBeside(worker: string): string {
  const copy = join(worker, "../probing-worker.mjs");
  copyFileSync(join(CHILDREN, "probing-worker.mjs"), copy);
  return copy;
}

const NOTHING = {
  secret: false,
  variables: false,
  writesModel: false,
  writesBeside: false,
  writesScratch: true,
  connects: false,
};

describe.skipIf(!canReach("bubblewrap"))("the process of the checks", () => {
  it.each([
    ["bubblewrap", "/usr/bin:/bin", {}],
    ["Landlock", "/nowhere", {}],
    ["bubblewrap, shared by models,", "/usr/bin:/bin", { isShared: true }],
    ["Landlock, shared by models,", "/nowhere", { isShared: true }],
  ])(
    "in %s reads the model and writes to its scratch folder, and reaches nothing else",
    async (_, PATH, more) => {
      const { sight, warnings } = await sightOf(PATH, more);
      expect([warnings, sight]).toEqual([[], NOTHING]);
    },
  );

  it("in Landlock, where bubblewrap is there and does not work, reaches nothing else", async () => {
    const PATH = temporaryFolder();
    writeFileSync(join(PATH, "bwrap"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const { sight, warnings } = await sightOf(PATH, {});

    expect([warnings, sight]).toEqual([[], NOTHING]);
  });

  it("that the sandbox keeps from starting runs without, and the log says so", async () => {
    const { sight, warnings } = await sightOf("/usr/bin:/bin", {
      insists: true,
    });
    expect(sight).toHaveProperty("secret", true);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^the checks run without a sandbox: with bubblewrap/,
      ),
    ]);
  });
});
