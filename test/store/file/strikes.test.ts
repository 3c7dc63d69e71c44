import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allDrafts, pathsOf, textAt } from "../harness.ts";
import {
  prepare,
  STEPS,
  type Step,
  storeIn,
  sweepAll,
  takeStep,
} from "./strike-steps.ts";

const ALL = process.env.STRIKES === "all";
const WAYS = ["half", "full", "before", "after"] as const;
const TRIED = ALL ? WAYS : WAYS.slice(0, 2);

let work: string;
let program: string;
let template: string;
const hook = new URL("strike-hook.mjs", import.meta.url).href;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "strikes-"));
  program = join(work, "program.mjs");
  await build({
    entryPoints: [new URL("strike-program.ts", import.meta.url).pathname],
    ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
  });
  template = join(work, "template");
  await prepare(template, join(work, "files"));
});
afterAll(() => rm(work, { recursive: true }));

let count = 0;
/** A store of its own, as it was prepared. */
async function freshStore(): Promise<string> {
  const root = join(work, `store-${count++}`);
  await cp(template, root, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
  });
  return root;
}

interface Ended {
  signal: string | null;
  said: Record<string, unknown> | null;
}

async function struck(
  step: Step,
  root: string,
  variables: Record<string, string>,
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["--import", hook, program, step, root, join(work, "files")],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, STRIKE_ROOT: root, ...variables },
    },
  );
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  const [, signal] = await once(child, "close");
  return { signal, said: text === "" ? null : JSON.parse(text) };
}

/** Names of the calls of a good run, in their order. */
async function callsOf(step: Step): Promise<string[]> {
  const root = await freshStore();
  const file = join(work, `${step}.json`);
  const { said } = await struck(step, root, { STRIKE_CALLS: file });
  expect(said).toHaveProperty("outcome");
  return JSON.parse(await readFile(file, "utf8"));
}

/** What a reader of a branch finds: the generation that all published files are of, and that of the model. */
async function shownBy(root: string, branch: string) {
  const snapshot = await storeIn(root).snapshot(branch);
  const config = await textAt(snapshot, "edge/a/config");
  expect(await textAt(snapshot, "edge/a/weights")).toBe(config?.repeat(2_000));
  expect(await textAt(snapshot, "evidence/a/verdict")).toBe(config);
  const models: (string | undefined)[] = [];
  for (const path of await pathsOf(snapshot, "model/a/"))
    models.push((await textAt(snapshot, path))?.split(" ")[0]);
  // Both files are of one generation; between two renames of a landing neither is there.
  expect(new Set(models).size).toBeLessThanOrEqual(1);
  if (models.length > 0) expect(models).toHaveLength(2);
  return { edge: config, model: models[0] };
}

/** All files and links of the store, by their paths. */
async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

async function healed(step: Step, root: string): Promise<void> {
  expect([
    "published",
    "unchanged",
    "landed",
    "made",
    "deleted",
    "gone",
    "swept",
  ]).toContain(await takeStep(step, root, join(work, "files")));
  await sweepAll(storeIn(root));
}

const END: Record<Step, string> = {
  ...{
    publish: "new",
    land: "new",
    branch: "old",
    delete: "old",
    sweep: "old",
  },
};

describe.each(STEPS)("a folder store struck in the step %s", (step) => {
  test.each(TRIED)(
    "at each call, %s: edge is the old or the new one, and the next run leaves nothing else",
    { timeout: 900_000 },
    async (way) => {
      const calls = await callsOf(step);
      const good = await freshStore();
      await healed(step, good);
      const whole = await filesIn(good);
      expect(await shownBy(good, "main")).toMatchObject({ edge: END[step] });

      for (const index of chosen(calls.length)) {
        const root = await freshStore();
        const what = `${step} ${way} call ${index} of ${calls}`;
        const { signal, said } = await struck(step, root, {
          ...{ STRIKE_AT: String(index), STRIKE_WAY: way },
        });
        if (way !== "full") expect(signal, what).toBe("SIGKILL");
        else expect(said, what).toMatchObject(fullOrDone(said));

        const { edge } = await shownBy(root, "main");
        expect(["old", END[step]], what).toContain(edge);
        expect((await shownBy(root, "topic")).edge, what).toBe("new");

        await healed(step, root);
        expect(await allDrafts(storeIn(root)), what).toEqual([]);
        expect(await filesIn(root), what).toEqual(whole);
        expect(await shownBy(root, "main"), what).toEqual(
          await shownBy(good, "main"),
        );
        await rm(root, { recursive: true });
      }
    },
  );
});

/** Exit code 3 that names the disk; or a success where the step could do without. */
function fullOrDone(said: Ended["said"]) {
  return said !== null && "outcome" in said
    ? {}
    : { isOurs: true, exitCode: 3, code: "disk-full" };
}

/** All calls, or any. */
function chosen(calls: number): number[] {
  const all = Array.from({ length: calls }, (_, index) => index);
  if (ALL) return all;

  return [all[Math.floor(Math.random() * calls)] ?? 0];
}
