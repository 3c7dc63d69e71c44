import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  ownWork,
  removeLeftWork,
  sharedWork,
} from "../../src/disk/work-folder.ts";

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "model-to-edge-left-"));
});
afterAll(() => rmSync(out, { recursive: true }));

const NOW = new Date("2026-12-01T12:00:00Z");
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

test("what killed commands left is gone, what others may use and what is a user's stays", async () => {
  const made = (path: string, hours: number) => {
    mkdirSync(path);
    writeFileSync(join(path, "part"), "x");
    utimesSync(path, hoursAgo(hours), hoursAgo(hours));
    return path.slice(out.length + 1);
  };
  const running = made(sharedWork(out, "verify"), 1);
  made(sharedWork(out, "verify"), 30);
  made(sharedWork(out, "proof"), 30);
  const landing = made(ownWork(out, "landing"), 1);
  const users = made(join(out, "work-notes"), 100);

  await removeLeftWork(out, { now: NOW, isAlone: false });
  expect(readdirSync(out).sort()).toEqual([landing, users, running].sort());

  await removeLeftWork(out, { now: NOW, isAlone: true });
  expect(readdirSync(out).sort()).toEqual([users, running].sort());
});
