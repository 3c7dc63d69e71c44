import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withLock } from "../../../src/store/file/lock.ts";

let folder: string;
let file: string;
const options = { signal: new AbortController().signal, patienceMs: 200 };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  file = join(folder, "lock");
});
afterAll(() => rm(folder, { recursive: true }));

async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

test("lets one worker in at a time", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(file, { ...options, patienceMs: 10_000 }, work),
    ),
  );
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test("breaks the lock of a process that ended, and only one of many waiters does so", async () => {
  await writeFile(
    file,
    JSON.stringify({
      host: hostname(),
      pid: await deadPid(),
      started: "1",
      token: "dead",
    }),
  );
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(file, { ...options, patienceMs: 10_000 }, work),
    ),
  );
  expect(await readdir(folder)).toEqual([]);
});

test("breaks the lock of an ended process whose number another one has now", async () => {
  await writeFile(
    file,
    JSON.stringify({
      host: hostname(),
      pid: process.pid,
      started: "1",
      token: "reused",
    }),
  );
  expect(await withLock(file, options, async () => "in")).toBe("in");
});

test.each([
  [
    "a living process",
    async () => ({
      host: hostname(),
      pid: 1,
      started: await startOfInit(),
      token: "t",
    }),
  ],
  [
    "a process of another machine",
    async () => ({
      host: "elsewhere",
      pid: await deadPid(),
      started: "1",
      token: "t",
    }),
  ],
])("waits for %s, and then says what to do", async (_who, owner) => {
  await writeFile(file, JSON.stringify(await owner()));
  const outcome = withLock(file, options, async () => "in");
  await expect(outcome).rejects.toMatchObject({
    exitCode: 3,
    code: "store-locked",
    hint: expect.stringContaining(file),
  });
  await rm(file);
});

test("gives the lock back when the work fails", async () => {
  const failing = withLock(file, options, async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await withLock(file, options, async () => "in")).toBe("in");
});

async function startOfInit(): Promise<string> {
  const text = await readFile("/proc/1/stat", "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
