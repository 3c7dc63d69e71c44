import { expect, test } from "vitest";
import {
  type ChainedCommit,
  changedInChain,
  newerInChain,
  snapshotComesBefore,
} from "../../src/store/commit-chain.ts";
import { snapshotIds } from "../../src/store/snapshot-ids.ts";

const { format, parse } = snapshotIds("s3");
const PATH = "edge/a/manifest.json";

/** A snapshot before the first publication, told apart by the state of `model/`. */
const input = (digit: number) =>
  format({ publication: null, state: `${digit}`.repeat(16) });

/** Whether a run with these inputs leaves what the branch's publications, the oldest first, cover. */
async function isLeft(
  published: readonly string[],
  ours: string,
  now: string,
): Promise<boolean> {
  const commits = new Map<string, ChainedCommit>();
  let parent: string | null = null;
  for (const [index, each] of published.entries()) {
    const id = `${index}`.padStart(16, "0");
    commits.set(id, { parent, metadata: {}, input: each, wrote: [PATH] });
    parent = id;
  }
  const read = async (id: string) => commits.get(id) ?? null;
  const newer = await newerInChain(read, parent, {
    ...{ pointers: [PATH], input: ours, now, parse },
    comesBefore: (a, b) => snapshotComesBefore(read, parse, a, b),
  });
  return newer.has(PATH);
}

test("of two runs whose models lie there no more, the last one stays, until the run of those that lie there has published", async () => {
  const [first, second, third] = [input(1), input(2), input(3)];

  expect(await isLeft([second], first, third)).toBe(false);
  expect(await isLeft([first], second, third)).toBe(false);
  expect(await isLeft([first, second], third, third)).toBe(false);
  for (const older of [first, second])
    expect(await isLeft([first, third], older, third)).toBe(true);
});

const MODEL = { folder: "model/a", take: [PATH], pointer: PATH, remove: [] };

/** Publications of two branches, the newest first, of which the last is shared; those that wrote the pointer have a `!`. */
function changedAfter(
  { source, target }: { source: string[]; target: string[] },
  removed: string[],
  shows = true,
): Promise<string[]> {
  const commits = new Map<string, ChainedCommit>();
  for (const chain of [source, target])
    for (const [index, id] of chain.entries())
      commits.set(id, {
        ...{ parent: chain[index + 1] ?? null, metadata: {}, input: null },
        wrote: id.endsWith("!") ? [PATH] : [],
      });
  const read = async (id: string) =>
    removed.includes(id) ? null : (commits.get(id) ?? null);
  const ends = {
    ...{ source: source[0] ?? null, target: target[0] ?? null },
    ...{ branch: "main", shows: () => shows },
  };

  return changedInChain(read, ends, [MODEL]);
}

test("what the target published in between is found, and what both have is not", async () => {
  const source = ["s1!", "p1!"];
  const target = ["p3", "p2!", "p1!"];
  expect(await changedAfter({ source, target }, [])).toEqual([PATH]);
  expect(await changedAfter({ source, target: ["p3", "p1!"] }, [])).toEqual([]);
  // The branch's own chain names it, record or not.
  expect(await changedAfter({ source, target: ["p1!"] }, ["p1!"])).toEqual([]);
});

test.each(["p2!", "p3"])(
  "without the record of %s a model that the target shows is not landed over what nobody knows",
  async (removed) => {
    const ends = { source: ["s1!", "p1!"], target: ["p3", "p2!", "p1!"] };
    await expect(changedAfter(ends, [removed])).rejects.toMatchObject({
      ...{ code: "index-damaged", exitCode: 2 },
      message: expect.stringContaining(`record of publication ${removed} was`),
    });
    expect(await changedAfter(ends, [removed], false)).toEqual([]);
  },
);

test("without the record that leads from the source to what both have, it is not called a conflict", async () => {
  const ends = { source: ["s2", "s1!", "p1!"], target: ["p2", "p1!"] };
  for (const removed of ["s2", "s1!"])
    await expect(changedAfter(ends, [removed])).rejects.toMatchObject({
      ...{ code: "index-damaged", exitCode: 2 },
      message: expect.stringContaining(`record of publication ${removed} was`),
    });
  // What never met is one: both have all their records.
  const apart = { source: ["s1!"], target: ["p1!"] };
  expect(await changedAfter(apart, [])).toEqual([PATH]);
});
