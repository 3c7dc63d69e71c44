import { describe, expect, test } from "vitest";
import { UsageError } from "../src/errors.ts";
import {
  faultInOutput,
  faultOfNumber,
  LACKS_MEMORY,
  machineFault,
  prevented,
} from "../src/machine-fault.ts";

const systemError = (code: string) => Object.assign(new Error(code), { code });

describe("the machine's faults", () => {
  test("are read from what Node prints where it cannot load its own files", () => {
    const printed = (code: string) => [
      "Error: too many, open 'x.js'",
      "  errno: -24,",
      `  code: '${code}',`,
      "}",
    ];
    expect(faultInOutput(printed("EMFILE"))?.code).toBe("open-files");
    expect(faultInOutput(printed("ENOENT"))).toBeNull();
    expect(faultInOutput(["the model says code: 'EMFILE'"])).toBeNull();
  });

  test.each([
    "# Fatal process OOM in Failed to reserve virtual memory for CodeRange",
    "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
    "Error: libonnxruntime.so.1: failed to map segment from shared object",
    "terminate called after throwing an instance of 'std::bad_alloc'",
  ])("memory is what lacked where a process ends with: %s", (line) => {
    expect(faultInOutput(["", line])?.code).toBe("memory");
  });

  test.each([
    ["ENOSPC", "disk-full"],
    ["EDQUOT", "disk-full"],
    ["EFBIG", "disk-full"],
    ["EMFILE", "open-files"],
    ["ENFILE", "open-files"],
    ["ENOMEM", "memory"],
    ["EIO", "disk-error"],
    ["EAGAIN", "processes"],
  ])("%s is %s, also as the cause of another error", (code, expected) => {
    const error = systemError(code);
    const outer = new UsageError("cannot be read", {
      code: "path-missing",
      hint: "name another",
      cause: error,
    });
    expect(machineFault(error)?.code).toBe(expected);
    expect(machineFault(outer)?.code).toBe(expected);
  });

  test.each([
    systemError("ENOENT"),
    systemError("EACCES"),
    new Error("no space left on device"),
    "ENOSPC",
    null,
  ])("%s is none", (error) => {
    expect(machineFault(error)).toBeNull();
  });

  test("numbers of C++ mean the same", () => {
    expect(faultOfNumber(24)?.code).toBe("open-files");
    expect(faultOfNumber(28)?.code).toBe("disk-full");
    expect(faultOfNumber(2)).toBeNull();
    expect(faultOfNumber(99_999)).toBeNull();
    expect(faultOfNumber(-1)).toBeNull();
  });

  test("the error ends the run with 3 and says what to do", () => {
    expect(
      prevented("the model could not be checked", LACKS_MEMORY),
    ).toMatchObject({
      message:
        "the model could not be checked: the machine has too little memory",
      code: "memory",
      exitCode: 3,
    });
  });
});
