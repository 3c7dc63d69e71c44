import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import {
  type CheckName,
  SESSION_CHECKS,
} from "../../../src/validate/checks/registry.ts";
import { validateFolder } from "../../../src/validate/validate-folder.ts";
import { beginWorker } from "../../../src/validate/worker/begin-worker.ts";
import { runSessionChecks } from "../../../src/validate/worker/run-session-checks.ts";
import { folderOf, networkFolder } from "../../support/model-folder.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";
import { workerContext } from "../../support/validate.ts";
import { bundleWorker } from "../../support/worker-bundle.ts";

const CHECKS = ["load" as const, "parity" as const];
const PASSED = [
  ["load", "pass"],
  ["parity", "pass"],
];

const shortly = (found: readonly { check: string; status: string }[]) =>
  found.map(({ check, status }) => [check, status]);

test("a process that was begun is asked later, and nothing of it is left", async () => {
  const ctx = await workerContext();
  const request = sessionRequestOf(await networkFolder(), CHECKS);
  const begun = await beginWorker(ctx, request.subject);
  await new Promise((resolve) => setTimeout(resolve, 500));

  const found = await runSessionChecks({ ...ctx, begun }, request);
  await begun.end();

  expect(shortly(found)).toEqual(PASSED);
  expect(begun.take()).toBeNull();
  expect(existsSync(begun.scratch)).toBe(false);
});

test("a process that nobody asks is ended, and nothing of it is left", async () => {
  const { subject, limits } = sessionRequestOf(await networkFolder(), CHECKS);
  const begun = await beginWorker(await workerContext(), subject);
  const { ask } = begun.take() ?? {};
  await begun.end();

  expect(existsSync(begun.scratch)).toBe(false);
  const late = { subject, checks: [], limits, lostProbes: [] };
  await expect(
    ask?.({ ...late, scratch: begun.scratch }, new AbortController().signal),
  ).rejects.toThrow();
});

test("a process that is done is ended, also where it would not end itself", async () => {
  const worker = join(await folderOf({}), "worker.mjs");
  await writeFile(
    worker,
    `setInterval(() => undefined, 1000);
await import(${JSON.stringify(await bundleWorker())});
`,
  );
  const request = sessionRequestOf(await networkFolder(), CHECKS);
  const began = Date.now();

  expect(shortly(await runChecksOf(request, { worker }))).toEqual(PASSED);
  expect(Date.now() - began).toBeLessThan(request.totalSeconds * 1000);
});

/** Processes that this one started. */
const children = () =>
  readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8")
      .split(" ")
      .filter((id) => id !== ""),
  );

test("no process starts where the policy has switched all of its checks off", async () => {
  const folder = await networkFolder();
  const ctx = await workerContext();
  const before = new Set(children());
  const isStarted = async (off: CheckName[]) => {
    const seen = new Set<string>();
    const look = setInterval(() => {
      for (const id of children()) if (!before.has(id)) seen.add(id);
    });
    await validateFolder(ctx, {
      ...{ name: "net", folder, evidence: null, reproduce: "" },
      ...{ policy: { ...STRICT, off }, performance: null },
    });
    clearInterval(look);
    return seen.size > 0;
  };

  const names = SESSION_CHECKS.map(({ name }) => name);
  expect(await isStarted(names)).toBe(false);
  expect(await isStarted(names.filter((name) => name !== "load"))).toBe(true);
});
