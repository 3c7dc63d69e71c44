import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nameDraft } from "../../../src/store/draft-name.ts";
import { fileStore } from "../../../src/store/file.ts";
import type { LandWish, Store, StoredFile } from "../../../src/store/store.ts";
import { sweepDrafts } from "../../../src/store/sweep.ts";
import { storeContext } from "../../support/store-context.ts";

/** What a store does that changes something, each on a store that `prepare` made. */
export const STEPS = ["publish", "land", "branch", "delete", "sweep"] as const;
export type Step = (typeof STEPS)[number] | "run";

const options = { message: "generation", metadata: {} };

export function storeIn(root: string): Store {
  return fileStore(storeContext(), `file://${root}`, root);
}

/**
 * A store whose branches `main` and `topic` show `old` and `new`, and a draft of a run that was killed. A landing changes
 * the models a and b, removes c, and adds d.
 */
export async function prepare(root: string, work: string): Promise<void> {
  const store = storeIn(root);
  const onMain = { branch: "main", names: ["a", "b", "c"] };
  await modelsOf(root, { ...onMain, generation: "old" });
  await publish(root, work, { ...onMain, generation: "older" });
  await publish(root, work, { ...onMain, generation: "old" });
  await store.createBranch("topic", "main");
  await store.createBranch("stale", "main");

  const onTopic = {
    ...{ branch: "topic", generation: "new", names: ["a", "b", "d"] },
    remove: filesOf("c"),
  };
  await rm(join(root, "topic/model/c"), { recursive: true });
  await modelsOf(root, onTopic);
  await publish(root, work, onTopic);
  await putFiles(root, work, { ...onMain, generation: "lost" });
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
      return publish(root, work, {
        ...{ branch: "main", generation: "new", names: ["a"] },
      });
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
    case "run":
      return `removed ${await removeGone(root, "main")}`;
  }
}

/** Names below a top folder of a branch, as a listing shows them. */
export async function namesIn(
  root: string,
  branch: string,
  top: string,
): Promise<string[]> {
  const names = new Set<string>();
  const snapshot = await storeIn(root).snapshot(branch);
  for await (const { path } of snapshot.list(`${top}/`))
    names.add(path.split("/")[1] ?? "");

  return [...names].sort();
}

/** What a run does to the published models whose folder left `model/`: it removes them. Answers their names. */
export async function removeGone(
  root: string,
  branch: string,
): Promise<string[]> {
  const models = await namesIn(root, branch, "model");
  const published = await namesIn(root, branch, "edge");
  const gone = published.filter((name) => !models.includes(name));

  const ref = nameDraft({
    ...{ branch, base: "", owner: "run", now: new Date(0), unique: "run" },
  });
  const change = {
    ...{ keep: [], write: new Map(), remove: gone.flatMap(filesOf) },
  };
  await storeIn(root)
    .draft(ref)
    .publish([], () => (gone.length > 0 ? change : null), options);

  return gone;
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
    models: ["a", "b", "c", "d"].map((name) => ({
      ...{ folder: `model/${name}`, pointer: `edge/${name}/config` },
      take: name === "c" ? [] : filesOf(name),
      remove: name === "c" ? filesOf(name) : [],
    })),
  };
}

function filesOf(name: string): string[] {
  return [
    ...[`edge/${name}/config`, `edge/${name}/weights`],
    `evidence/${name}/verdict`,
  ];
}

interface Generation {
  branch: string;
  generation: string;
  names: readonly string[];
  remove?: readonly string[];
}

async function publish(
  root: string,
  work: string,
  wish: Generation,
): Promise<string> {
  const { draft, keep } = await putFiles(root, work, wish);
  const verdict = Buffer.from(wish.generation);
  const write = new Map(
    wish.names.map((name) => [`evidence/${name}/verdict`, verdict]),
  );
  const remove = [...(wish.remove ?? [])];
  const outcome = await draft.publish(
    [],
    () => ({ keep, remove, write }),
    options,
  );
  await draft.discard();

  return outcome.status;
}

async function putFiles(
  root: string,
  work: string,
  { branch, generation, names }: Generation,
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
  const keep: StoredFile[] = [];
  for (const name of names)
    keep.push(
      ...(await draft.put(folder, ["weights", "config"], `edge/${name}/`)),
    );

  return { draft, keep };
}

async function modelsOf(
  root: string,
  { branch, generation, names }: Generation,
): Promise<void> {
  for (const name of names)
    for (const inner of ["config.py", "w/w.pth"]) {
      const file = join(root, branch, "model", name, inner);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${generation} ${inner}`);
    }
}
