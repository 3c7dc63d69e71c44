import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nameDraft } from "../../../src/store/draft-name.ts";
import { fileStore } from "../../../src/store/file.ts";
import type { LandWish, Store } from "../../../src/store/store.ts";
import { sweepDrafts } from "../../../src/store/sweep.ts";
import { storeContext } from "../../support/store-context.ts";

/** What a store does that changes something, each on a store that `prepare` made. */
export const STEPS = ["publish", "land", "branch", "delete", "sweep"] as const;
export type Step = (typeof STEPS)[number];

const options = { message: "generation", metadata: {} };

export function storeIn(root: string): Store {
  return fileStore(storeContext(), `file://${root}`, root);
}

/** A store whose branches `main` and `topic` show `old` and `new`, and a draft of a run that was killed. */
export async function prepare(root: string, work: string): Promise<void> {
  const store = storeIn(root);
  await modelOf(root, "main", "old");
  await publish(root, work, { branch: "main", generation: "older" });
  await publish(root, work, { branch: "main", generation: "old" });
  await store.createBranch("topic", "main");
  await store.createBranch("stale", "main");
  await modelOf(root, "topic", "new");
  await publish(root, work, { branch: "topic", generation: "new" });
  await putFiles(root, work, { branch: "main", generation: "lost" });
}

/** One step, as a process does it that may be killed; answers its outcome. */
export async function takeStep(
  step: Step,
  root: string,
  work: string,
): Promise<string> {
  const store = storeIn(root);

  switch (step) {
    case "publish":
      return publish(root, work, { branch: "main", generation: "new" });
    case "land":
      return (await store.land(await landing(store))).status;
    case "branch":
      await store.createBranch("other", "main");
      return "made";
    case "delete": {
      const head = await store.head("stale");
      return head === null ? "gone" : store.deleteBranch("stale", head);
    }
    case "sweep":
      return sweepAll(store);
  }
}

export async function sweepAll(store: Store): Promise<string> {
  await sweepDrafts(store, {
    ...{ of: "anybody", olderThanMs: 0, dryRun: false, now: new Date() },
    log: storeContext().log,
  });
  await store.sweepContent?.({ olderThanMs: 0, dryRun: false });

  return "swept";
}

async function landing(store: Store): Promise<LandWish> {
  const at = (await store.head("topic")) ?? "";
  return {
    ...{ source: "topic", at, target: "main", message: "land" },
    metadata: { landed: at },
    models: [
      {
        ...{ folder: "model/a", pointer: "edge/a/config" },
        take: ["edge/a/config", "edge/a/weights", "evidence/a/verdict"],
        remove: [],
      },
    ],
  };
}

interface Generation {
  branch: string;
  generation: string;
}

async function publish(
  root: string,
  work: string,
  wish: Generation,
): Promise<string> {
  const { draft, keep } = await putFiles(root, work, wish);
  const verdict = Buffer.from(wish.generation);
  const write = new Map([["evidence/a/verdict", verdict]]);
  const outcome = await draft.publish(
    [],
    () => ({ keep, remove: [], write }),
    options,
  );
  await draft.discard();

  return outcome.status;
}

async function putFiles(
  root: string,
  work: string,
  { branch, generation }: Generation,
) {
  const folder = join(work, generation);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "weights"), generation.repeat(2_000));
  await writeFile(join(folder, "config"), generation);

  const ref = nameDraft({
    ...{ branch, base: "", owner: "strikes" },
    ...{ now: new Date(0), unique: Buffer.from(generation).toString("hex") },
  });
  const draft = storeIn(root).draft(ref);
  const keep = await draft.put(folder, ["weights", "config"], "edge/a/");

  return { draft, keep };
}

async function modelOf(root: string, branch: string, text: string) {
  for (const name of ["config.py", "w/w.pth"]) {
    const file = join(root, branch, "model/a", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text} ${name}`);
  }
}
