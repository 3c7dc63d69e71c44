import { expect, it } from "vitest";
import type { ChildOutcome } from "../../src/child/run-child.ts";
import { engineFailure, lateDeath } from "../../src/engine/engine-failure.ts";
import type { FailureKind } from "../../src/errors.ts";

const ENDED: ChildOutcome = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  aborted: false,
  seconds: 12.34,
  tail: [
    "Traceback",
    "  File x",
    "KeyError: \u001b[31mno\u0000",
    "  last   words  ",
  ],
  truncated: false,
  droppedLines: 0,
};
const WORDS = "its log ends: File x ⏎ KeyError: ␛[31mno␀ ⏎ last words";

it.each<[Partial<ChildOutcome>, FailureKind, string, string]>([
  [
    { exitCode: 1 },
    "refused",
    "engine-result",
    `engine toy ended with exit code 1 after 12.3 s, and its result is missing; ${WORDS}`,
  ],
  [
    { exitCode: null, signal: "SIGSEGV" },
    "external",
    "engine-crashed",
    `engine toy crashed (SIGSEGV) after 12.3 s; ${WORDS}`,
  ],
  [
    { exitCode: 139 },
    "external",
    "engine-crashed",
    `engine toy crashed (SIGSEGV) after 12.3 s; ${WORDS}`,
  ],
  [
    { exitCode: null, signal: "SIGKILL" },
    "input",
    "engine-killed",
    `engine toy was killed (SIGKILL) after 12.3 s; ${WORDS}`,
  ],
  [
    { exitCode: 137 },
    "input",
    "engine-killed",
    `engine toy was killed (SIGKILL) after 12.3 s; ${WORDS}`,
  ],
  [
    { exitCode: null, signal: "SIGKILL", timedOut: true },
    "input",
    "engine-timeout",
    `engine toy did not end in time and was stopped after 12.3 s; ${WORDS}`,
  ],
  [
    { exitCode: 255, tail: [] },
    "refused",
    "engine-result",
    "engine toy ended with exit code 255 after 12.3 s, and its result is missing; it printed nothing",
  ],
  [
    {
      exitCode: 1,
      tail: [
        "Traceback (most recent call last):",
        "ModuleNotFoundError: No module named 'torch'",
      ],
    },
    "refused",
    "engine-environment",
    "engine toy ended with exit code 1 after 12.3 s, and its result is missing; its log ends: ModuleNotFoundError: No module named 'torch'",
  ],
])(
  "%j is %s, %s, in one line with its last words",
  (ended, kind, code, message) => {
    const failure = engineFailure("toy", { ...ENDED, ...ended }, "is missing");
    expect(failure).toMatchObject({ kind, code, message });
  },
);

it.each([
  [
    "OSError: [Errno 28] No space left on device: 'big.bin'",
    "disk-full",
    "space",
  ],
  [
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    "isolation-failed",
    "doctor",
  ],
  [
    "RuntimeError: DefaultCPUAllocator: can't allocate memory: Cannot allocate memory",
    "engine-memory",
    "memory",
  ],
])("takes the hint from the last words %s", (line, code, hint) => {
  const failure = engineFailure(
    "toy",
    { ...ENDED, exitCode: 1, tail: [line] },
    "is missing",
  );
  expect(failure).toMatchObject({
    kind: "external",
    code,
    hint: expect.stringContaining(hint),
  });
});

it("shows of a traceback only the exception", () => {
  const tail = [
    '  File "convert.py", line 3',
    "    open(path)",
    "mmcv.utils.ConfigError: no model in config.py",
  ];
  const { message } = engineFailure(
    "toy",
    { ...ENDED, exitCode: 1, tail },
    "is missing",
  );
  expect(message).toMatch(
    /its log ends: mmcv.utils.ConfigError: no model in config.py$/,
  );
});

it("says that memory is the likely reason of SIGKILL", () => {
  expect(
    engineFailure("toy", { ...ENDED, exitCode: 137 }, "is missing").hint,
  ).toContain("ran out of memory");
});

it.each([
  [{}, null],
  [{ exitCode: 1 }, null],
  [
    { exitCode: 134 },
    "the engine's process died (SIGABRT) after it had written its result",
  ],
])("a process that ended as %j after a good result: %s", (ended, warning) => {
  expect(lateDeath({ ...ENDED, ...ended })).toBe(warning);
});
