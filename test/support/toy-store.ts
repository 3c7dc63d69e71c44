import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Summary } from "../../src/report/summary.ts";
import {
  type CommandOptions,
  type CommandRun,
  commandLine,
} from "./command-line.ts";

/** A file store with the branch `main`, and a working directory; both are gone after the test. */
export interface ToyStore {
  root: string;
  cwd: string;
  url: string;
  branch: string;
  write(path: string, content: string): void;
  exists(path: string): boolean;
  read(path: string): string;
  /** `model-to-edge run` on the branch `main` without isolation, which has tests of its own. */
  run(args?: string[], options?: Partial<CommandOptions>): Promise<CommandRun>;
  summary(): Summary;
  manifest(path: string): Manifest;
  /** Every file below `edge/`, with its sha256: to see that nothing changed. */
  edge(): Record<string, string>;
}

export const GOOD_WEIGHTS = JSON.stringify({
  w: [1, 2, 3, 4],
  b: [0, 0, 0, 1],
});

export function toyStore(
  models: Record<string, Record<string, unknown>> = { det: {} },
): ToyStore {
  // Not below a folder that only one user may enter, so that the engine may run as another.
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const branch = join(root, "store/main");
  const cwd = join(root, "work");
  mkdirSync(cwd, { recursive: true });
  const at = (path: string) => join(branch, path);
  const write = (path: string, content: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  };
  for (const [name, config] of Object.entries(models)) {
    write(
      `model/${name}/model.json`,
      JSON.stringify({ channels: 4, ...config }),
    );
    write(`model/${name}/toy.weights`, GOOD_WEIGHTS);
  }
  const url = `file://${join(root, "store")}`;
  return {
    root,
    cwd,
    url,
    branch,
    write,
    exists: (path) =>
      statSync(at(path), { throwIfNoEntry: false }) !== undefined,
    read: (path) => readFileSync(at(path), "utf8"),
    run: (args = [], options = {}) =>
      commandLine(
        [
          "run",
          "--store",
          url,
          "--model-branch",
          "main",
          "--isolation",
          // A key beside no isolation is refused.
          options.env?.MODEL_TO_EDGE_SIGNING_KEY ? "auto" : "none",
          ...args,
        ],
        {
          cwd,
          ...options,
        },
      ),
    summary: () =>
      JSON.parse(
        readFileSync(join(cwd, "model-to-edge-out/summary.json"), "utf8"),
      ) as Summary,
    manifest: (path) => JSON.parse(readFileSync(at(path), "utf8")) as Manifest,
    edge: () => filesBelow(at("edge")),
  };
}

function filesBelow(folder: string): Record<string, string> {
  const copy = mkdtempSync(join(tmpdir(), "model-to-edge-copy-"));
  try {
    // Through the link, so that one publication is read as a whole.
    if (!statSync(folder, { throwIfNoEntry: false })) return {};
    cpSync(folder, copy, { recursive: true, dereference: true });
    const files = readdirSync(copy, {
      recursive: true,
      encoding: "utf8",
    }).sort();
    const plain = files.filter((path) => statSync(join(copy, path)).isFile());
    return Object.fromEntries(
      plain.map((path) => [
        path,
        createHash("sha256")
          .update(readFileSync(join(copy, path)))
          .digest("hex"),
      ]),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What became of the models `good` and `odd` in a run, to be compared at once. */
export function goodAndOdd(store: ToyStore, { code }: CommandRun) {
  const { models } = store.summary();
  const named = (name: string) => models.find((model) => model.name === name);

  return { code, good: named("good")?.ships, odd: named("odd")?.sentence };
}
