import { describe, expect, test } from "vitest";
import { plain } from "../../../src/text/message.ts";
import {
  judgeEnd,
  type WorkerRoom,
} from "../../../src/validate/worker/worker-end.ts";
import type { Seen } from "../../../src/validate/worker/worker-process.ts";
import { endedWorker, ROOM } from "./ended-worker.ts";

/** A worker that ended in a run of ONNX Runtime. */
function seen(
  changes: Partial<Seen> = {},
  outcome: Partial<Seen["outcome"]> = {},
): Seen {
  const doing = { kind: "run", what: "case one", isEmpty: false } as const;
  return endedWorker({ running: "parity", doing, ...changes }, outcome);
}

describe("the machine", () => {
  test.each<[string, Seen, boolean, Partial<WorkerRoom>]>([
    ["killed from outside", seen({}, { signal: "SIGKILL" }), false, {}],
    ["called off", seen({}, { signal: "SIGTERM" }), false, {}],
    ["its limit of processor time", seen({}, { signal: "SIGXCPU" }), false, {}],
    [
      "an emergency stop where memory is short",
      seen({}, { signal: "SIGABRT" }),
      false,
      { freeBytes: 1e9 },
    ],
    [
      "a crash outside of ONNX Runtime",
      seen({ inside: false }, { signal: "SIGSEGV" }),
      false,
      {},
    ],
    [
      "no time of the processor",
      seen({ stopped: "starved" }, { signal: "SIGKILL" }),
      false,
      {},
    ],
    [
      "too long in all",
      seen({}, { signal: "SIGKILL", timedOut: true }),
      true,
      {},
    ],
    [
      "a check of ours that takes too long",
      seen({ stopped: "time", inside: false }, { signal: "SIGKILL" }),
      true,
      {},
    ],
  ])("%s", (_, ended, isSure, room) => {
    expect(judgeEnd(ended, { ...ROOM, ...room })).toMatchObject({
      kind: "machine",
      isSure,
    });
  });
});

test.each([
  ["SIGKILL", "check-killed"],
  ["SIGTERM", "killed"],
])("%s without a word of ours is %s", (signal, code) => {
  expect(judgeEnd(seen({}, { signal }), ROOM)).toMatchObject({
    fault: { code },
  });
});

test("what we ended for its time in all is not killed for its memory", () => {
  const ended = seen({}, { signal: "SIGKILL", timedOut: true });
  expect(judgeEnd(ended, ROOM)).toMatchObject({ fault: { code: "time" } });
});

describe("the model", () => {
  test.each<[string, Seen, string, Partial<WorkerRoom>]>([
    ["SIGSEGV", seen({}, { signal: "SIGSEGV" }), "crashes", {}],
    [
      "SIGSEGV where memory is short",
      seen({}, { signal: "SIGSEGV" }),
      "crashes",
      { freeBytes: 0 },
    ],
    [
      "SIGABRT where there is memory",
      seen({}, { signal: "SIGABRT" }),
      "crashes",
      {},
    ],
    ["an exit", seen({}, { exitCode: 127 }), "crashes", {}],
    [
      "a run that computes for too long",
      seen({ stopped: "time" }, { signal: "SIGKILL" }),
      "hangs",
      {},
    ],
    [
      "a run that takes too much memory",
      seen({ stopped: "memory" }, { signal: "SIGKILL" }),
      "memory-limit",
      {},
    ],
  ])("%s is wrong", (_, ended, code, room) => {
    expect(judgeEnd(ended, { ...ROOM, ...room })).toMatchObject({
      kind: "finding",
      finding: { status: "fail", kind: "wrong", message: { code } },
    });
  });

  test("a crash over no rows is a warning", () => {
    const doing = { kind: "run", what: "inputs none", isEmpty: true } as const;
    const end = judgeEnd(seen({ doing }, { signal: "SIGABRT" }), ROOM);
    expect(end).toMatchObject({ finding: { status: "warn" } });
  });
});

test("references that take too much memory to compare are unproven", () => {
  const ended = seen({ stopped: "memory", inside: false });
  const end = judgeEnd(ended, ROOM);
  if (end.kind !== "finding") throw new Error("no finding");
  expect(end.finding).toMatchObject({ status: "fail", kind: "unproven" });
  expect(plain(end.finding.message)).toContain("more than 2 GB of memory");
});
