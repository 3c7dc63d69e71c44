import { createHash } from "node:crypto";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  digestBeside,
  digestThread,
  md5sBeside,
} from "../../src/store/digest-thread.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const whole = (text: string) => ({
  sha256: createHash("sha256").update(text).digest("hex"),
  parts: [md5(text)],
});
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hash-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("follows a file that grows, and starts again where it is written anew", async () => {
  const file = join(folder, "grows");
  const thread = digestThread(file);
  await writeFile(file, "first try");
  thread.upTo(9);
  thread.restart();
  await writeFile(file, "second");
  thread.upTo(3);
  await appendFile(file, " try");
  expect(await thread.digest(10)).toEqual(whole("second try"));
  await thread.stop();
});

test("hashes a whole file, also an empty one", async () => {
  const file = join(folder, "whole");
  await writeFile(file, "x".repeat(3_000_000));
  expect(await digestBeside(file, 3_000_000)).toEqual(
    whole("x".repeat(3_000_000)),
  );
  await writeFile(file, "");
  expect(await digestBeside(file, 0)).toEqual(whole(""));
});

test("cuts a file into parts as an upload does", async () => {
  const file = join(folder, "parts");
  await writeFile(file, "aaaabbbbcc");
  expect(await digestBeside(file, 10, 4)).toEqual({
    ...whole("aaaabbbbcc"),
    parts: ["aaaa", "bbbb", "cc"].map(md5),
  });
  expect((await digestBeside(file, 8, 4)).parts).toEqual(
    ["aaaa", "bbbb"].map(md5),
  );
  expect(await md5sBeside(file, 10, 4)).toEqual(
    ["aaaa", "bbbb", "cc"].map(md5),
  );
});

test("says so where the file is shorter than told, or not there", async () => {
  const file = join(folder, "short");
  await writeFile(file, "abc");
  await expect(digestBeside(file, 4)).rejects.toThrow(/3 bytes instead of 4/);
  await expect(digestBeside(join(folder, "none"), 4)).rejects.toThrow(/ENOENT/);
});
