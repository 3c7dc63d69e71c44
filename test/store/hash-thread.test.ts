import { createHash } from "node:crypto";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashBeside, hashThread } from "../../src/store/hash-thread.ts";

const sha256 = (text: string) =>
  createHash("sha256").update(text).digest("hex");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hash-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("follows a file that grows, and starts again where it is written anew", async () => {
  const file = join(folder, "grows");
  const thread = hashThread(file);
  await writeFile(file, "first try");
  thread.upTo(9);
  thread.restart();
  await writeFile(file, "second");
  thread.upTo(3);
  await appendFile(file, " try");
  expect(await thread.digest(10)).toBe(sha256("second try"));
  await thread.stop();
});

test("hashes a whole file, also an empty one", async () => {
  const file = join(folder, "whole");
  await writeFile(file, "x".repeat(3_000_000));
  expect(await hashBeside(file, 3_000_000)).toBe(sha256("x".repeat(3_000_000)));
  await writeFile(file, "");
  expect(await hashBeside(file, 0)).toBe(sha256(""));
});

test("says so where the file is shorter than told, or not there", async () => {
  const file = join(folder, "short");
  await writeFile(file, "abc");
  await expect(hashBeside(file, 4)).rejects.toThrow(/3 bytes instead of 4/);
  await expect(hashBeside(join(folder, "none"), 4)).rejects.toThrow(/ENOENT/);
});
