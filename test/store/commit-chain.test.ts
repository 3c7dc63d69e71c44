import { expect, test } from "vitest";
import {
  type ChainedCommit,
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
