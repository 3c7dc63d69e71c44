import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkAgain } from "../../src/land/check-again.ts";
import { lanesFor } from "../../src/land/check-lanes.ts";
import type { JudgedModel } from "../../src/land/landing.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { PlannedModel } from "../../src/plan/plan.ts";
import { openStore } from "../../src/store/open.ts";
import type { Snapshot, StoredFile } from "../../src/store/store.ts";
import { CHILDREN, temporaryFolder } from "../child/children.ts";
import { divides, smallest } from "../support/crashing-models.ts";
import {
  folderOf,
  network,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { plannedModel } from "../support/sample-plan.ts";
import { storeContext } from "../support/store-context.ts";
import { workerContext } from "../support/validate.ts";

const references = networkReferences(network());
const good = { model: onnxModel(networkModel(network())), references };
const wrong = { model: onnxModel(networkModel(network(2))), references };
const kills = { model: onnxModel(divides), references: smallest };

type Sample = typeof good;

/** What differs from test to test: the program that checks, and how many models at the same time. */
interface Way {
  worker?: string;
  atOnce?: number;
}

/** Models that all claim to be green, as they lie in a branch; what is found of each when they are checked again. */
async function checkedAgain(
  samples: Record<string, Sample>,
  { worker, atOnce = 1 }: Way = {},
): Promise<Pick<JudgedModel, "name" | "state">[]> {
  const files = Object.entries(samples).flatMap(([name, sample]) => [
    [`main/edge/${name}/end2end.onnx`, sample.model] as const,
    [
      `main/evidence/${name}/references.safetensors`,
      sample.references,
    ] as const,
  ]);
  const root = await folderOf(Object.fromEntries(files));
  const store = await openStore(storeContext(), `file://${root}`, {
    webUrl: null,
  });
  const snapshot = await store.snapshot("main");
  const names = Object.keys(samples);
  const own = await workerContext();

  const out = temporaryFolder();
  const judged = await checkAgain(
    { ...own, worker: worker ?? (await realpath(own.worker)) },
    {
      ...{ store, out, atOnce },
      settings: { modelPath: "model", edgePath: "edge", failOn: "fail" },
    },
    {
      ...{ source: "main", at: snapshot.id },
      examination: {
        models: names.map((name) => ({
          ...{ name, state: "green", sentence: "", files: [] },
        })),
        planned: await Promise.all(
          names.map((name) => publishedAs(root, snapshot, name)),
        ),
      },
    },
  );
  await store.close();
  expect(readdirSync(out)).toEqual([]);

  return judged.map(({ name, state }) => ({ name, state }));
}

async function publishedAs(
  root: string,
  snapshot: Snapshot,
  name: string,
): Promise<PlannedModel> {
  const files: StoredFile[] = [];
  for (const place of ["edge", "evidence"])
    for await (const object of snapshot.list(`${place}/${name}/`)) {
      const sha256 = createHash("sha256")
        .update(readFileSync(join(root, "main", object.path)))
        .digest("hex");
      files.push({ ...object, sha256 });
    }

  const published: Manifest = {
    ...{ kind: "manifest", version: 3, name, engine: "toy", inputs: [], files },
    fingerprint: { spec: "", exec: "", verdict: "" },
    verdict: {
      ...{ outcome: "pass", answer: [], because: [] },
    } as unknown as Manifest["verdict"],
  };

  return plannedModel({ name, published });
}

function poisoned(beside: string): string {
  const worker = join(beside, "../poisoned-worker.mjs");
  copyFileSync(join(CHILDREN, "poisoned-worker.mjs"), worker);
  return worker;
}

describe("models that are checked again, in one process", () => {
  it("are found what each is, whatever stands beside it", async () => {
    const found = await checkedAgain({ a: good, b: wrong, c: good, d: wrong });
    expect(found).toEqual([
      { name: "a", state: "green" },
      { name: "b", state: "red" },
      { name: "c", state: "green" },
      { name: "d", state: "red" },
    ]);
  });

  it("are green beside one that ends the process, which alone is red", async () => {
    const found = await checkedAgain({ a: good, kills, z: good });
    expect(found).toEqual([
      { name: "a", state: "green" },
      { name: "kills", state: "red" },
      { name: "z", state: "green" },
    ]);
  });

  it("are not green after one that does harm in the process either, if they are wrong", async () => {
    const { worker } = await workerContext();
    const samples = { praises: good, wrong, z: good };
    const found = await checkedAgain(samples, { worker: poisoned(worker) });
    const states = found.map(({ state }) => state);
    expect(states).toEqual(["green", "red", "green"]);
  });

  it.each([
    ["at once", { a: good, b: good, c: good }],
    ["when the next one is checked", { late: good, m: good, z: good }],
  ])(
    "are green after one that does harm in the process, %s",
    async (_, samples) => {
      const { worker } = await workerContext();
      const found = await checkedAgain(samples, { worker: poisoned(worker) });
      const states = found.map(({ state }) => state);
      expect(states).toEqual(["green", "green", "green"]);
    },
  );
});

describe("models that are checked again, side by side", () => {
  const samples = {
    ...{ a: good, b: wrong, c: good, d: wrong },
    ...{ e: good, kills, g: good, h: wrong, i: good },
  };
  const expected = ["a", "b", "c", "d", "e", "kills", "g", "h", "i"].map(
    (name) => ({
      name,
      state: samples[name as keyof typeof samples] === good ? "green" : "red",
    }),
  );

  it.each([2, 3, 20])(
    "are found what each is, in their order: %d at once",
    async (atOnce) => {
      expect(await checkedAgain(samples, { atOnce })).toEqual(expected);
    },
  );

  it("are not green beside one that does harm in a process, if they are wrong", async () => {
    const { worker } = await workerContext();
    const found = await checkedAgain(
      { praises: good, wrong, x: good, "also-wrong": wrong, z: good },
      { worker: poisoned(worker), atOnce: 2 },
    );
    const states = found.map(({ state }) => state);
    expect(states).toEqual(["green", "red", "green", "red", "green"]);
  });
});

describe("how many models are checked at the same time", () => {
  const small = Array.from({ length: 100 }, () => 1000);
  const GB = 2 ** 30;

  it.each([
    ["a core for each", small, { cores: 4, freeBytes: 64 * GB }, 4],
    ["eight at most", small, { cores: 64, freeBytes: 640 * GB }, 8],
    ["what memory holds", small, { cores: 8, freeBytes: 5 * GB }, 2],
    ["one where there is little", small, { cores: 8, freeBytes: GB }, 1],
    ["no more than models", [1, 1], { cores: 8, freeBytes: 64 * GB }, 2],
    ["one for none", [], { cores: 8, freeBytes: 64 * GB }, 1],
    [
      "fewer of large ones",
      [1, 2 * GB, 1],
      { cores: 8, freeBytes: 16 * GB },
      2,
    ],
  ])("%s", (_, sizes, machine, expected) => {
    expect(lanesFor(sizes, machine)).toBe(expected);
  });
});
