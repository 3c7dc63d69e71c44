import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withLock } from "../../src/disk/lock.ts";

let folder: string;
let file: string;
const options = {
  signal: new AbortController().signal,
  patienceMs: 10_000,
  doing: "testing",
};
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
    Array.from({ length: 8 }, () => withLock(file, options, work)),
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
    Array.from({ length: 8 }, () => withLock(file, options, work)),
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
  const hasty = { ...options, patienceMs: 200 };
  const outcome = withLock(file, hasty, async () => "in");
  await expect(outcome).rejects.toMatchObject({
    exitCode: 3,
    code: "locked",
    hint: expect.stringContaining(file),
  });
  await rm(file);
});

test("is one entry in the folder, whole from its first moment", async () => {
  await withLock(file, options, async () => {
    expect(await readdir(folder)).toEqual(["lock"]);
    expect(JSON.parse(await readlink(file))).toMatchObject({
      host: hostname(),
      pid: process.pid,
    });
  });
});

test.each([
  ["an empty one", ""],
  ["half of one", '{"host":"runner-1","pi'],
  ["one without an owner", "{}"],
])(
  "breaks a lock that no process wrote to its end: %s; one waiter at a time",
  async (_what, text) => {
    await writeFile(file, text);
    let inside = 0;
    const work = async () => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    await Promise.all(
      Array.from({ length: 8 }, () => withLock(file, options, work)),
    );
    expect(await readdir(folder)).toEqual([]);
  },
);

test("removes all that killed processes left beside the lock, and nothing of the living or of other machines", async () => {
  const dead = JSON.stringify({
    host: hostname(),
    pid: await deadPid(),
    started: "1",
    token: "dead",
  });
  const living = JSON.stringify({
    host: hostname(),
    pid: 1,
    started: await startOfInit(),
    token: "living",
  });
  const elsewhere = JSON.stringify({
    host: "elsewhere",
    pid: 1,
    started: "1",
    token: "elsewhere",
  });
  const leftovers = {
    deadbeef: "",
    half: dead.slice(0, 20),
    whole: dead,
    "gone.broken": dead,
    "gone.broken.dead": dead,
  };
  const others = { living, elsewhere, "gone.broken.living": living };
  for (const [name, text] of Object.entries({ ...leftovers, ...others }))
    await writeFile(`${file}.${name}`, text);
  await symlink(dead, `${file}.link.broken`);
  await writeFile(join(folder, "lock-of-landings"), living);
  const kept = [
    "lock-of-landings",
    ...Object.keys(others).map((name) => `lock.${name}`),
  ].sort();
  expect(
    await withLock(file, options, async () => (await readdir(folder)).sort()),
  ).toEqual(["lock", ...kept]);
  for (const name of kept) await rm(join(folder, name));
});

test("a breaker that was killed at its work is no obstacle and leaves nothing", async () => {
  const dead = { host: hostname(), pid: await deadPid(), started: "1" };
  await symlink(JSON.stringify({ ...dead, token: "first" }), file);
  await symlink(
    JSON.stringify({ ...dead, token: "second" }),
    `${file}.first.broken`,
  );
  await symlink(
    JSON.stringify({ ...dead, token: "third" }),
    `${file}.first.broken.second.broken`,
  );
  expect(await withLock(file, options, async () => "in")).toBe("in");
  expect(await readdir(folder)).toEqual([]);
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
