import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../src/validate/verdict.ts";
import type { CommandRun } from "../support/command-line.ts";
import { someOf } from "../support/recorded-faults.ts";
import { type SmallDisk, smallDisk } from "../support/small-disk.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

/** How many of the moments are tried: a few in `npm test`, all by `npm run test:limits`. */
const ALL = process.env.LIMITS === "all";
const hasDisks = (() => {
  const disk = smallDisk(100);
  disk?.remove();
  return disk !== null;
})();

type Limited = (store: ToyStore, amount: number) => Promise<CommandRun>;

interface Limit {
  amounts: number[];
  /** Up to here it was seen to be too little: a limit that does not bite shows nothing. */
  bites: number;
  run: Limited;
}

/**
 * What each version of Node was seen to need: with less than `least` it ends by itself, now and then at least, and by no
 * exit code of ours; up to `bites` a run does not come to its end.
 */
const NEEDS = {
  20: { files: { least: 19, bites: 40 }, memory: { least: 1000, bites: 1200 } },
  22: { files: { least: 22, bites: 31 }, memory: { least: 1300, bites: 1300 } },
  24: { files: { least: 22, bites: 31 }, memory: { least: 1800, bites: 0 } },
} as const;
const major = Number.parseInt(process.versions.node, 10);
const needs = NEEDS[major >= 24 ? 24 : major >= 22 ? 22 : 20];

const FILES: Limit = {
  amounts: [
    19, 20, 21, 22, 25, 28, 31, 34, 37, 40, 43, 46, 49, 52, 58, 64,
  ].filter((files) => files >= needs.files.least),
  bites: needs.files.bites,
  run: (store, files) => store.run([], { before: ulimit(`-n ${files}`) }),
};
/** Address space. */
const MEMORY: Limit = {
  amounts: [1000, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 2500].filter(
    (megabytes) => megabytes >= needs.memory.least,
  ),
  bites: needs.memory.bites,
  run: (store, megabytes) =>
    store.run([], { before: ulimit(`-v ${megabytes * 1000}`) }),
};
/** A disk that fills up on the way. */
const TEMPORARY: Limit = {
  amounts: [4, 8, 12, 16, 20, 24, 28, 32, 40],
  bites: 20,
  run: onDisk((store, folder) => store.run([], { env: { TMPDIR: folder } })),
};
const OUTPUT: Limit = {
  amounts: [4, 12, 20, 28, 36, 44, 52, 60, 68, 76, 84, 92, 100, 120],
  bites: 60,
  run: onDisk((store, folder) => store.run(["--out", join(folder, "out")])),
};
const STORE = [20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 80];

const LIMITS: [what: string, limit: Limit][] = [
  ["open files", FILES],
  ["MB of memory", MEMORY],
  ...(hasDisks
    ? ([
        ["kB for temporary files", TEMPORARY],
        ["kB for the output", OUTPUT],
      ] satisfies [string, Limit][])
    : []),
];
/** Files in `edge/` of the toy's model. */
const WHOLE = 6;
const NAMED =
  /disk is full|no space left|too many (open )?files|too little memory|ran out of memory|out of memory/i;

describe("a run that the machine limits", () => {
  test.each(
    LIMITS.flatMap(([what, limit]) =>
      someOf(limit.amounts, ALL ? limit.amounts.length : 1).map(
        (amount): [number, string, Limit] => [amount, what, limit],
      ),
    ),
  )(
    "to %i %s gives no other verdict, and the next run is clean",
    async (amount, _what, { bites, run }) => {
      const store = toyStore();
      const limited = await run(store, amount);
      if (amount <= bites) expect(limited.code, limited.stdout).toBe(3);
      judge(store, limited);
      await nextRun(store);
    },
    // A process that cannot start is given up after two minutes.
    600_000,
  );

  test.skipIf(!hasDisks).each(someOf(STORE, ALL ? STORE.length : 1))(
    "to %i kB for the store itself publishes all or nothing",
    async (kilobytes) => {
      const source = toyStore();
      const disk = smallDisk(kilobytes) as SmallDisk;
      const branch = join(disk.folder, "store/main");
      mkdirSync(join(branch, "model/det"), { recursive: true });
      const [config, weights] = ["model.json", "toy.weights"].map((name) =>
        source.read(`model/det/${name}`),
      );
      writeFileSync(join(branch, "model/det/model.json"), config ?? "");
      writeFileSync(join(branch, "model/det/toy.weights"), weights ?? "");

      const url = `file://${join(disk.folder, "store")}`;
      const run = await source.run(["--store", url]);
      const edge = join(branch, "edge/det");
      const drafts = join(disk.folder, "store/.model-to-edge/drafts");
      const left = existsSync(drafts) ? readdirSync(drafts) : [];
      const published = existsSync(edge) ? readdirSync(edge).length : 0;
      disk.remove();
      expect([left, run.stdout, [run.code, published]]).toEqual([
        [],
        run.code === 0 ? expect.anything() : expect.stringMatching(NAMED),
        run.code === 0 ? [0, WHOLE] : [3, 0],
      ]);
    },
  );
});

/** Green with the right verdict, or 3 with the limit's name; `edge/` whole or not there. */
function judge(store: ToyStore, { code, stdout, stderr }: CommandRun): void {
  const said = stdout + stderr;
  const files = Object.keys(store.edge());
  expect([0, 3], said).toContain(code);
  if (code === 3) expect(said).toMatch(NAMED);
  // The reports come after the publication: then it is whole.
  expect([0, WHOLE], said).toContain(files.length);
  if (code === 0) expect(files).toHaveLength(WHOLE);

  const verdict = join(store.cwd, "model-to-edge-out/models/det/verdict.json");
  if (!existsSync(verdict)) return;
  const { outcome } = JSON.parse(readFileSync(verdict, "utf8")) as Verdict;
  expect(outcome, said).toBe("pass");
}

async function nextRun(store: ToyStore): Promise<void> {
  const next = await store.run();
  expect(next.code, next.stdout).toBe(0);
  expect(Object.keys(store.edge())).toHaveLength(WHOLE);
  expect(readdirSync(join(store.root, "store/.model-to-edge/drafts"))).toEqual(
    [],
  );
}

/** What the process and its children may have, in the words of the shell. */
function ulimit(words: string): string[] {
  return ["sh", "-c", `ulimit ${words} && exec "$0" "$@"`];
}

function onDisk(
  run: (store: ToyStore, folder: string) => Promise<CommandRun>,
): Limited {
  return async (store, kilobytes) => {
    const disk = smallDisk(kilobytes);
    if (!disk) throw new Error("no small disk");
    try {
      return await run(store, disk.folder);
    } finally {
      disk.remove();
    }
  };
}
