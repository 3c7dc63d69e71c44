import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  lstat,
  lutimes,
  mkdtemp,
  readdir,
  rm,
  symlink,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withLock } from "../../src/disk/lock.ts";

let folder: string;
let file: string;
const options = {
  signal: new AbortController().signal,
  patienceMs: 200,
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

test("tells who waits, once, and a process of another container from one of ours", async () => {
  let told = 0;
  const other = {
    host: hostname(),
    space: "pid:[1]",
    pid: await deadPid(),
    started: "1",
    token: "container",
  };
  await symlink(JSON.stringify(other), file);
  const outcome = withLock(
    file,
    { ...options, waiting: () => told++ },
    async () => "in",
  );
  await expect(outcome).rejects.toMatchObject({ code: "locked" });
  expect(told).toBe(1);
  await rm(file);
});

test("breaks a lock of another machine that gives no sign of life, and none that does", async () => {
  const other = { host: "elsewhere", pid: 1, started: "1", token: "far" };
  await symlink(JSON.stringify(other), file);
  const alive = setInterval(() => {
    const now = new Date();
    void lutimes(file, now, now);
  }, 20);
  const patient = { ...options, patienceMs: 2_500, silenceMs: 1_500 };
  await expect(withLock(file, patient, async () => "in")).rejects.toMatchObject(
    { code: "locked" },
  );
  clearInterval(alive);
  const waiter = { ...patient, patienceMs: 60_000 };
  expect(await withLock(file, waiter, async () => "in")).toBe("in");
  expect(await readdir(folder)).toEqual([]);
});

test("gives signs of life while it works", async () => {
  const signs = new Set<bigint>();
  await withLock(file, { ...options, silenceMs: 60 }, async () => {
    for (let look = 0; look < 1_000 && signs.size < 4; look++) {
      signs.add((await lstat(file, { bigint: true })).mtimeNs);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  expect(signs.size).toBe(4);
});
