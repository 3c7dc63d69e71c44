import { copyFileSync, readdirSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { CheckName } from "../../../src/validate/checks/registry.ts";
import {
  type SharedWorker,
  shareWorker,
} from "../../../src/validate/worker/shared-worker.ts";
import type { WorkerContext } from "../../../src/validate/worker/worker-process.ts";
import { CHILDREN } from "../../child/children.ts";
import { divides, oneValue, smallest } from "../../support/crashing-models.ts";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";
import { withPlainMessage } from "../../support/plain-message.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";
import { workerContext } from "../../support/validate.ts";

const CHECKS: CheckName[] = [
  ...(["load", "parity", "metamorphic", "shapes", "extremes"] as const),
];

const references = networkReferences(network());
const good = onnxModel(networkModel(network()));
const wrong = onnxModel(networkModel(network(2)));
const MODELS = {
  "good/end2end.onnx": good,
  "good/references.safetensors": references,
  "wrong/end2end.onnx": wrong,
  "wrong/references.safetensors": references,
  "broken/end2end.onnx": onnxModel({
    ...networkModel(network()),
    nodes: [{ op: "Nonsense", inputs: ["x"], outputs: ["y"] }],
  }),
  "broken/references.safetensors": references,
  "kills/end2end.onnx": onnxModel(divides),
  "kills/references.safetensors": smallest,
  "unproven/end2end.onnx": good,
  "unproven/references.safetensors": oneValue,
};

let root: string;
let ctx: WorkerContext;

beforeAll(async () => {
  root = await folderOf(MODELS);
  const own = await workerContext();
  // A folder of packages may be a link, and the sandbox shows what it leads to.
  ctx = { ...own, worker: await realpath(own.worker) };
});

function share(changes: Partial<WorkerContext> = {}): SharedWorker {
  const shared = shareWorker({ ...ctx, ...changes }, root);
  onTestFinished(() => shared.close());
  return shared;
}

/** What is found of a model in a shared process; null where it cannot tell. */
async function together(shared: SharedWorker, name: string) {
  const request = sessionRequestOf(join(root, name), CHECKS);
  const found = await shared.checks(request, ctx.signal);
  return found?.map(withPlainMessage) ?? null;
}

describe("a process that checks one model after the other", () => {
  test("finds of each what a process of its own finds", async () => {
    const shared = share();
    const names = ["good", "wrong", "broken", "unproven", "good", "wrong"];
    for (const name of names) {
      const alone = runChecksOf(sessionRequestOf(join(root, name), CHECKS));
      expect([name, await together(shared, name)]).toEqual([name, await alone]);
    }
  });

  test("says nothing of a model that ends it, and is another one for the next", async () => {
    const shared = share();
    const [before] = (await together(shared, "good")) ?? [];
    expect(before).toMatchObject({ check: "load", status: "pass" });
    expect(await together(shared, "kills")).toBeNull();
    const after = await together(shared, "good");
    expect(after?.map(({ status }) => status)).not.toContain("fail");
  });

  test("says nothing of a model that is not done in time", async () => {
    const request = {
      ...sessionRequestOf(join(root, "good"), CHECKS),
      totalSeconds: 0,
    };
    expect(await share().checks(request, ctx.signal)).toBeNull();
  });

  test("is not asked about a large model", async () => {
    const request = sessionRequestOf(join(root, "good"), CHECKS, {
      bytes: 2 ** 32,
    });
    expect(await share().checks(request, ctx.signal)).toBeNull();
  });

  test("an abort ends it with the abort's reason, and leaves nothing behind", async () => {
    const temporary = await folderOf({});
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const reason = new Error("stopped by a test");
      const running = share().checks(
        sessionRequestOf(join(root, "good"), CHECKS),
        AbortSignal.abort(reason),
      );
      await expect(running).rejects.toBe(reason);
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  test("is replaced after some models, whatever they did to it", async () => {
    const worker = join(ctx.worker, "../poisoned-worker.mjs");
    copyFileSync(join(CHILDREN, "poisoned-worker.mjs"), worker);
    const shared = share({ worker });
    const found: (string | undefined)[] = [];
    for (let model = 0; model < 33; model++)
      found.push((await together(shared, "good"))?.[1]?.status);
    const harmed = Array.from({ length: 31 }, () => "fail");
    expect(found).toEqual(["pass", ...harmed, "pass"]);
  });
});
