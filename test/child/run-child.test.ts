import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  isAlive,
  runFixture,
  temporaryFolder,
  waitUntil,
  withinLimit,
} from "./children.ts";

/** What is waited for wrongly, a child or a grandchild, ends after a minute or never. */
const LONG = 30;

describe("outcomes", () => {
  it("returns exit code, time and the last lines of both streams", async () => {
    const outcome = await runFixture("print.mjs", ["out", "err"]);
    expect(outcome).toMatchObject({
      exitCode: 0,
      signal: null,
      timedOut: false,
      aborted: false,
      truncated: false,
    });
    expect([...outcome.tail].sort()).toEqual(["err", "out"]);
    expect(outcome.seconds).toBeGreaterThan(0);
    expect(outcome.seconds).toBeLessThan(LONG);
  });

  it("passes standard input on, and nothing of our environment", async () => {
    const lines: string[] = [];
    await runFixture("print.mjs", [], {
      input: "hello",
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(["hello"]);
    const { tail } = await runFixture("environment.mjs", [], {
      env: { ONLY: "this" },
    });
    expect(JSON.parse(tail.join(""))).toEqual([["ONLY", "this"]]);
  });

  it("masks secrets and neutralises control characters in the log and the last lines", async () => {
    const logFile = join(temporaryFolder(), "engine.log");
    const text =
      "\u001b[0Ksection_start:1:x\r\u001b[0Kforged secret-value-1\u0000";
    const outcome = await runFixture(
      "print.mjs",
      [],
      { input: text, logFile },
      { A_TOKEN: "secret-value-1" },
    );
    expect(outcome.tail).toEqual(["section_start:1:x", "forged [masked]␀"]);
    expect(readFileSync(logFile, "utf8")).toBe(
      "section_start:1:x\nforged [masked]␀",
    );
  });

  it.each([
    ["a command", { command: "/nowhere/python" }, "/nowhere/python"],
    ["a folder", { cwd: "/nowhere" }, process.execPath],
  ])("says that %s is missing", async (_, missing, named) => {
    await expect(runFixture("print.mjs", [], missing)).rejects.toThrow(
      `${named} cannot be started: `,
    );
  });
});

describe("ends", () => {
  it("on time-out: SIGTERM to the group, at once", async () => {
    const outcome = await runFixture("forever.mjs", [], { timeoutMs: 500 });
    expect(outcome).toMatchObject({
      exitCode: null,
      signal: "SIGTERM",
      timedOut: true,
      aborted: false,
    });
    expect(outcome.seconds).toBeLessThan(LONG);
  });

  it("on abort: SIGTERM to the group, at once", async () => {
    const abort = new AbortController();
    const running = runFixture("forever.mjs", [], {
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    expect(await running).toMatchObject({
      signal: "SIGTERM",
      timedOut: false,
      aborted: true,
    });
  });

  it("a child that was to start after the abort", async () => {
    expect(
      await runFixture("forever.mjs", [], { signal: AbortSignal.abort() }),
    ).toMatchObject({ aborted: true });
  });

  it("a child that ignores SIGTERM, with SIGKILL after the grace", async () => {
    let limit = 0;
    const outcome = await withinLimit(
      (timeoutMs) => {
        limit = timeoutMs;
        const limits = { timeoutMs, graceMs: 500 };
        return runFixture("ignore-sigterm.mjs", [], limits);
      },
      ({ tail }) => tail.length > 0,
    );
    expect(outcome).toMatchObject({ signal: "SIGKILL", timedOut: true });
    expect(outcome.tail.at(-1)).toBe("not yet");
    expect(outcome.seconds).toBeGreaterThan((limit + 500) / 1000 - 0.1);
    expect(outcome.seconds).toBeLessThan(limit / 1000 + LONG);
  });

  it("the child of a child that hangs with it", async () => {
    const outcome = await withinLimit(
      (timeoutMs) => runFixture("fork-and-hang.mjs", [], { timeoutMs }),
      ({ tail }) => tail.length > 0,
    );
    expect(outcome).toMatchObject({ timedOut: true });
    expect(outcome.seconds).toBeLessThan(LONG);
    await waitUntil(() => !isAlive(Number(outcome.tail[0])));
  });

  it("the child of a child that leaves it behind", async () => {
    const outcome = await runFixture("fork-and-exit.mjs");
    expect(outcome.seconds).toBeLessThan(LONG);
    await waitUntil(() => !isAlive(Number(outcome.tail[0])));
  });

  it("without waiting for a child that left the group and holds the pipes", async () => {
    const outcome = await runFixture("detach.mjs");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.seconds).toBeGreaterThan(0.9);
    expect(outcome.seconds).toBeLessThan(LONG);
    process.kill(Number(outcome.tail[0]), "SIGKILL");
  });
});

describe("output", () => {
  it("of 200 MB costs little memory and a capped log that says what was cut", async () => {
    const logFile = join(temporaryFolder(), "engine.log");
    const before = process.memoryUsage().rss;
    let passedOn = 0;
    const outcome = await runFixture("flood.mjs", ["200"], {
      logFile,
      onLine: () => passedOn++,
    });
    expect(outcome).toMatchObject({ exitCode: 0, truncated: true });
    expect(outcome.seconds).toBeLessThan(LONG);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    expect(statSync(logFile).size).toBeLessThan(4.3e6);
    const log = readFileSync(logFile, "utf8");
    expect(log).toMatch(/^first\nxxx/);
    expect(log).toMatch(/x\n\n\[\.\.\. 20\d MB cut here \.\.\.\]\n\nx/);
    expect(log).toMatch(/x\nlast\n$/);
    expect(outcome.tail.at(-1)).toBe("last");
    expect(passedOn).toBeLessThan(50_000);
  });

  it("of one huge line without an end is kept in pieces", async () => {
    const outcome = await runFixture("print.mjs", [], {
      input: "y".repeat(5_000_000),
    });
    expect(outcome.truncated).toBe(true);
    expect(outcome.tail.join("")).toMatch(/^y+$/);
  });

  it("goes on when the log cannot be written", async () => {
    const outcome = await runFixture("flood.mjs", ["8"], {
      logFile: "/dev/full",
    });
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.tail.at(-1)).toBe("last");
  });

  it("on file descriptor 3 arrives as lines; long ones are dropped and counted", async () => {
    const lines: string[] = [];
    const text = `{"a":1}\n\n${"z".repeat(20_000)}\nüñ\0\nlast without end`;
    const outcome = await runFixture("fd3.mjs", [JSON.stringify(text)], {
      extraFd: (line) => lines.push(line),
    });
    expect(lines).toEqual(['{"a":1}', "üñ\0"]);
    expect(outcome.droppedLines).toBe(1);
  });

  it("on file descriptor 3 of 40 MB without a line end costs no memory", async () => {
    const before = process.memoryUsage().rss;
    const outcome = await runFixture(
      "fd3.mjs",
      [JSON.stringify("z".repeat(40_000)), "1000"],
      { extraFd: () => {} },
    );
    expect(outcome).toMatchObject({ exitCode: 0, droppedLines: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
  });
});
