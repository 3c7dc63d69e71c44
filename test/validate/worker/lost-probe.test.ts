import { describe, expect, test } from "vitest";
import { LACKS_MEMORY } from "../../../src/machine-fault.ts";
import { mayProbe } from "../../../src/validate/runtime/probes.ts";
import { lostProbe } from "../../../src/validate/worker/lost-probe.ts";
import type { Seen } from "../../../src/validate/worker/worker-process.ts";
import {
  crashesFar,
  crashFolder,
  ENDS_AT,
  threeLengths,
} from "../../support/crashing-models.ts";
import { runChecksOf, sessionRequestOf } from "../../support/session-checks.ts";
import { endedWorker, ROOM } from "./ended-worker.ts";

test("a crash at a length that nobody promised is a warning that names it, and the check goes on", async () => {
  const folder = await crashFolder(crashesFar, threeLengths);
  const results = await runChecksOf(
    sessionRequestOf(folder, ["shapes", "parity"]),
  );
  const [shapes, parity] = ["shapes", "parity"].map((name) =>
    results.find(({ check }) => check === name),
  );

  expect(shapes).toMatchObject({ check: "shapes", status: "warn" });
  expect(shapes?.message).toMatch(
    /with len = (\d+) ONNX Runtime crashes \(SIGFPE\), so longer ones were not tried/,
  );
  const [, length] = /with len = (\d+) ONNX/.exec(shapes?.message ?? "") ?? [];
  expect(Number(length)).toBeGreaterThanOrEqual(ENDS_AT);
  expect(parity).toMatchObject({ check: "parity", status: "pass" });
});

function seen(
  changes: Partial<Seen>,
  outcome: Partial<Seen["outcome"]> = {},
): Seen {
  const what = "len = 512";
  const doing = { kind: "run", what, isEmpty: false, probe: 512 } as const;
  return endedWorker({ running: "shapes", doing, ...changes }, outcome);
}

describe("a probe far beyond the references", () => {
  test.each<[string, Seen, string, boolean]>([
    [
      "that crashes",
      seen({}, { signal: "SIGSEGV" }),
      "ONNX Runtime crashes (SIGSEGV)",
      true,
    ],
    [
      "that is killed where memory is short",
      seen({}, { signal: "SIGKILL" }),
      "the process was ended by SIGKILL",
      false,
    ],
    [
      "that takes too much memory",
      seen({ stopped: "memory" }),
      "it needs more memory than the limit of the checks",
      false,
    ],
    [
      "that gets no memory",
      seen({ prevented: LACKS_MEMORY }),
      "it needs more memory than the limit of the checks",
      false,
    ],
    [
      "that takes too long",
      seen({ stopped: "time" }),
      "it takes longer than 30 s",
      false,
    ],
  ])("%s is not evidence", (_, end, how, isCrash) => {
    const lost = lostProbe(end, ROOM);
    expect(lost).toMatchObject({ elements: 512, isCrash });
    expect(lost?.text).toContain(`with len = 512 ${how}`);
  });

  test.each<[string, Seen]>([
    [
      "a run that was promised",
      seen({ doing: { kind: "run", what: "case one", isEmpty: false } }),
    ],
    ["a crash outside of ONNX Runtime", seen({ inside: false })],
    [
      "a full disk",
      seen({ prevented: { code: "disk-full", what: "full", hint: "free it" } }),
    ],
    ["no time for all checks", seen({}, { timedOut: true })],
  ])("is not %s", (_, end) => {
    expect(lostProbe(end, ROOM)).toBeNull();
  });

  test("is not as large as one before it, and after three there is none", () => {
    const of = (...sizes: number[]) =>
      sizes.map((elements) => ({ elements, text: "", isCrash: true }));
    expect(mayProbe([], 512)).toBe(true);
    expect(mayProbe(of(512), 511)).toBe(true);
    expect(mayProbe(of(512), 512)).toBe(false);
    expect(mayProbe(of(512, 256, 128), 1)).toBe(false);
  });
});
