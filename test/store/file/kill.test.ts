import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isMissing } from "../../../src/node-error.ts";
import { layoutOf } from "../../../src/store/file/layout.ts";
import {
  currentPublication,
  readCommit,
} from "../../../src/store/file/publication.ts";
import { sweepDrafts } from "../../../src/store/sweep.ts";
import { storeContext } from "../../support/store-context.ts";
import { allDrafts, pathsOf, useStore } from "../harness.ts";
import { type FolderStore, folderStore } from "./folder-store.ts";

const KILLS = 20;
const at = useStore<FolderStore>(folderStore);
let work: string;
let program: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "kill-"));
  program = join(work, "loop.mjs");
  const entry = new URL("publish-loop.ts", import.meta.url).pathname;
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
});
afterAll(() => rm(work, { recursive: true }));

test(`a run killed at ${KILLS} random moments leaves edge old or new, and the next run works`, async () => {
  let generations = 0;
  const seen = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [program, at.under.root, work], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    child.stdout.on("data", (dots: Buffer) => {
      generations += dots.length;
    });
    // The first publication of each child takes the time that Node needs to start: the moment counts from there.
    await once(child.stdout, "data");
    const reading = readWhile(child, seen);
    await sleep(Math.random() * 100);
    child.kill("SIGKILL");
    await reading;
    const before = await readPublished();
    expect((await at.publish({ after: String(kill) })).status).toBe(
      "published",
    );
    expect(await readPublished()).toEqual(before);
  }
  expect(seen.size).toBeGreaterThan(KILLS / 2);
  expect(generations).toBeGreaterThanOrEqual(KILLS);
  await sweepDrafts(at.store, {
    of: "anybody",
    olderThanMs: 0,
    dryRun: false,
    now: new Date(),
    log: storeContext().log,
  });
  expect(await allDrafts(at.store)).toEqual([]);
  const own = join(at.under.root, ".model-to-edge");
  expect(
    (await readdir(own)).filter((name) => name.startsWith("lock")),
  ).toEqual([]);
  expect(await readdir(join(own, "publications"))).toHaveLength(3);
  expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([
    "edge/a/after",
    "edge/a/config",
    "edge/a/weights",
  ]);
});

async function readWhile(
  child: ChildProcess,
  seen: Set<string>,
): Promise<void> {
  let running = true;
  child.once("exit", () => {
    running = false;
  });
  while (running) seen.add(await readPublished());
}

/**
 * The generation that a reader finds; throws where the files do not belong
 * together. A reader may take as long as the next two publications: one that is
 * overtaken by more, on a busy machine, starts again.
 */
async function readPublished(): Promise<string> {
  for (;;) {
    const edge = await realpath(join(at.under.root, "main/edge"));

    try {
      return await readTogether(edge);
    } catch (error) {
      if (!isMissing(error) || (await isKept(basename(dirname(edge)))))
        throw error;
    }
  }
}

async function readTogether(edge: string): Promise<string> {
  const config = await readFile(join(edge, "a/config"), "utf8");
  const weights = await readFile(join(edge, "a/weights"), "utf8");
  expect(weights).toBe(config.repeat(2_000));
  expect(await readFile(join(edge, "../evidence/a/verdict"), "utf8")).toBe(
    config,
  );
  return config;
}

/** Whether a publication is one of the branch's last three. */
async function isKept(publication: string): Promise<boolean> {
  const layout = layoutOf(at.under.root);
  let id = (await currentPublication(layout, "main"))?.id ?? null;

  for (let age = 0; id !== null && age < 3; age++) {
    if (id === publication) return true;

    id = (await readCommit(layout, id))?.parent ?? null;
  }

  return false;
}
