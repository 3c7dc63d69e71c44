import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, expect } from "vitest";
import { orMissing } from "../../../src/node-error.ts";
import { pathsOf, textAt } from "../harness.ts";
import { namesIn, prepare, type Step, storeIn } from "./strike-steps.ts";

const hook = new URL("strike-hook.mjs", import.meta.url).href;

/** How a step in a process of its own ended. */
export interface Ended {
  signal: string | null;
  said: Record<string, unknown> | null;
}

/** Stores that were all prepared in the same way, and steps in them that may be struck. */
export interface StruckStores {
  /** Where steps make the files that they publish. */
  files: string;
  /** A store of its own, as it was prepared. */
  fresh(): Promise<string>;
  /** Takes a step with variables of the hook. */
  struck(
    step: Step,
    root: string,
    variables: Record<string, string>,
  ): Promise<Ended>;
  /** Waits for a step that stands still, which wrote its process id to this file. */
  stoppedAt(file: string): Promise<{ pid: number }>;
  /** Names of the calls of a good run, in their order. */
  callsOf(step: Step): Promise<string[]>;
}

/** Registers the hooks of a test file. */
export function useStruckStores(): StruckStores {
  let [work, program, template] = ["", "", ""];
  let count = 0;
  const at: StruckStores = {
    files: "",
    async fresh() {
      const root = join(work, `store-${count++}`);
      await cp(template, root, {
        ...{ recursive: true, verbatimSymlinks: true },
        preserveTimestamps: true,
      });
      return root;
    },
    struck: (step, root, variables) =>
      ended([program, step, root, at.files], {
        ...{ STRIKE_ROOT: root, ...variables },
      }),
    async stoppedAt(file) {
      for (;;) {
        const text = await orMissing(readFile(file, "utf8"));
        if (text) return { pid: Number(text) };
        await sleep(50);
      }
    },
    async callsOf(step) {
      const file = join(work, `${step}.json`);
      const { said } = await at.struck(step, await at.fresh(), {
        STRIKE_CALLS: file,
      });
      expect(said).toHaveProperty("outcome");
      return JSON.parse(await readFile(file, "utf8"));
    },
  };

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "strikes-"));
    at.files = join(work, "files");
    program = join(work, "dist/program.mjs");
    await mkdir(join(work, "dist"));
    const checks = "dist/validators";
    await symlink(resolve(checks), join(work, checks));
    await build({
      entryPoints: [new URL("strike-program.ts", import.meta.url).pathname],
      ...{ outfile: program, bundle: true, platform: "node", format: "esm" },
    });
    template = join(work, "template");
    await prepare(template, at.files);
  });
  afterAll(() => rm(work, { recursive: true }));

  return at;
}

async function ended(
  argv: string[],
  variables: Record<string, string>,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", hook, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...variables },
  });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  const [, signal] = await once(child, "close");
  return { signal, said: text === "" ? null : JSON.parse(text) };
}

/** Generations by the model's name. */
export interface Shown {
  edge: Record<string, string>;
  model: Record<string, string>;
}

const generation = (text: string, names: string) =>
  Object.fromEntries([...names].map((name) => [name, text]));

/** `main` as it was prepared, and after the landing. */
export const OLD: Shown = {
  edge: generation("old", "abc"),
  model: generation("old", "abc"),
};
export const LANDED: Shown = {
  edge: generation("new", "abd"),
  model: generation("new", "abd"),
};

/** What a reader of a branch finds. Each model is whole: all its files are of one generation. */
export async function shownBy(root: string, branch: string): Promise<Shown> {
  const snapshot = await storeIn(root).snapshot(branch);
  const shown: Shown = { edge: {}, model: {} };

  for (const name of await namesIn(root, branch, "edge")) {
    const config = (await textAt(snapshot, `edge/${name}/config`)) ?? "";
    expect(await textAt(snapshot, `edge/${name}/weights`)).toBe(
      config.repeat(2_000),
    );
    expect(await textAt(snapshot, `evidence/${name}/verdict`)).toBe(config);
    shown.edge[name] = config;
  }

  for (const name of await namesIn(root, branch, "model")) {
    const texts: (string | undefined)[] = [];
    for (const path of await pathsOf(snapshot, `model/${name}/`))
      texts.push((await textAt(snapshot, path))?.split(" ")[0]);
    expect(texts).toEqual([texts[0], texts[0]]);
    shown.model[name] = texts[0] ?? "";
  }

  return shown;
}
