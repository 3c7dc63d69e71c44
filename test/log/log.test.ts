import { describe, expect, it, vi } from "vitest";
import { secretMask } from "../../src/environment/mask.ts";
import { wantsColour } from "../../src/log/log.ts";
import { recorder, stopClockAt } from "../support/log-recorder.ts";

const START = new Date("2026-11-21T10:00:00Z");

stopClockAt(START);

describe("lines", () => {
  it("writes one line for each state change, and names warnings and errors without colours", () => {
    const { log, text } = recorder();
    log.info("plan: 2 models");
    log.warn("no samples");
    log.error("model-x failed\nhint: look");
    expect(text()).toBe(
      "plan: 2 models\nwarning: no samples\nerror: model-x failed\nhint: look\n",
    );
  });

  it("links a warning and an error to their page, an error below its hint", () => {
    const { log, text } = recorder();
    log.warn("no samples", "branches.md");
    log.error("failed\nhint: look", "errors.md#demo");
    expect(text()).toBe(
      [
        "warning: no samples",
        "more: https://docs.test/branches.md",
        "error: failed",
        "hint: look",
        "more: https://docs.test/errors.md#demo\n",
      ].join("\n"),
    );
  });

  it.each([
    [
      "a section marker",
      "\u001b[0Ksection_start:1:x\r\u001b[0Kowned",
      "section_start:1:x␍owned",
    ],
    [
      "a section end on a carriage return",
      "section_end:1:x\r\u001b[0K",
      "section_end:1:x␍",
    ],
    ["colours", "\u001b[31mred\u001b[0m", "red"],
    ["a window title", "\u001b]0;title\u0007done", "done"],
    ["a lone escape", "a\u001bb", "a␛b"],
    ["a NUL and a backspace", "a\0b\bc", "a␀b␈c"],
    ["a one-byte control sequence introducer", "a\u009b31mb", "a\ufffd31mb"],
    ["text that runs backwards", "a\u202egpj.exe", "a\ufffdgpj.exe"],
    ["a mark of direction", "a\u200fb\u061c", "a\ufffdb\ufffd"],
    [
      "what is not seen",
      "d\u200be\u00adt\u2060\ufeff",
      "d\ufffde\ufffdt\ufffd\ufffd",
    ],
    ["tags that are not seen", "det\u{e0041}", "det\ufffd"],
  ])("makes %s in foreign text harmless", (_, foreign, shown) => {
    const { log, text } = recorder();
    log.info(foreign);
    expect(text()).toBe(`${shown}\n`);
  });

  it("masks every line, titles and labels too", async () => {
    const mask = secretMask({ MY_TOKEN: "glpat-1234567890" });
    const { log, text } = recorder({ mask, sections: true });
    log.info("a glpat-1234567890");
    log.error("b glpat-1234567890");
    await log.section("c glpat-1234567890", async () =>
      log.progress("d glpat-1234567890").at(1, 2, "e glpat-1234567890"),
    );
    vi.advanceTimersByTime(15_000);
    expect(text()).not.toContain("1234567890");
    expect(text().match(/\[masked\]/g)).toHaveLength(5);
  });

  it.each([
    [{}, false, false],
    [{}, true, true],
    [{ GITLAB_CI: "true" }, false, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ NO_COLOR: "1", GITLAB_CI: "true" }, true, false],
  ])("with %j and a terminal: %s, colours are %s", (env, isTTY, wanted) => {
    expect(wantsColour(env, isTTY)).toBe(wanted);
  });
});

describe("progress", () => {
  it("is a line every 15 s with rate and time left where there is no terminal", () => {
    const { log, text } = recorder();
    const progress = log.progress("upload", 4_000_000_000, "bytes");
    vi.advanceTimersByTime(14_000);
    expect(text()).toBe("");
    progress.advance(1_500_000_000);
    vi.advanceTimersByTime(1000);
    expect(text()).toBe("upload: 1.5 GB of 4 GB (37 %), 100 MB/s, 25 s left\n");
    progress.at(4_000_000_000);
    progress.end();
    progress.end();
    expect(text().split("\n").slice(1)).toEqual([
      "upload: 4 GB in 15 s, 267 MB/s",
      "",
    ]);
  });

  it("does not give a rate where less than all was transferred", () => {
    const { log, text } = recorder();
    const progress = log.progress("upload", 4_000_000, "bytes");
    progress.advance(1_000_000);
    vi.advanceTimersByTime(5_000);
    progress.end();
    expect(text()).toBe("upload: ended after 5.0 s, with 1 MB of 4 MB\n");
  });

  it("says nothing about short work, and how long a stalled one takes", () => {
    const { log, text } = recorder();
    log.progress("quick", 3).end();
    expect(text()).toBe("");
    const progress = log.progress("install mmdeploy");
    vi.advanceTimersByTime(30_000);
    progress.end();
    expect(text().trimEnd().split("\n")).toEqual([
      "install mmdeploy: 15 s so far",
      "install mmdeploy: 30 s so far",
      "install mmdeploy: took 30 s",
    ]);
  });

  it.each([
    [9.96, "10.0 s"],
    [75, "75 s"],
    [135, "2 min 15 s"],
    [179.7, "3 min 0 s"],
    [1500, "25 min"],
    [9000, "2 h 30 min"],
  ])("writes %d s as %s", (seconds, text) => {
    const { log, text: written } = recorder();
    const progress = log.progress("install");
    vi.setSystemTime(START.getTime() + seconds * 1000);
    progress.end();
    expect(written()).toBe(`install: took ${text}\n`);
  });

  it("is a line for each stage after the first second, and does not call a failure done", () => {
    const { log, text } = recorder();
    const progress = log.progress("detector", 5);
    progress.at(0, 5, "load");
    vi.advanceTimersByTime(3000);
    progress.at(1, 5, "export");
    progress.at(1, 5, "export");
    vi.advanceTimersByTime(5000);
    progress.end();
    progress.at(2, 5, "references");
    expect(text()).toBe(
      "detector: export, 1 of 5, 3.0 s so far\ndetector: ended in export, 1 of 5, 8.0 s\n",
    );
  });

  it("is a bar on a terminal that log lines do not break", () => {
    const { log, text } = recorder({ isTTY: true });
    const progress = log.progress("download", 100, "bytes");
    progress.at(50);
    vi.advanceTimersByTime(200);
    const bar =
      "download [##########----------] 50 B of 100 B (50 %), 250 B/s, 0.2 s left";
    expect(text()).toBe(`\r\u001b[2K${bar}`);
    log.info("one done");
    expect(text().endsWith(`\r\u001b[2Kone done\n${bar}`)).toBe(true);
    progress.end();
    expect(text().endsWith("\r\u001b[2K")).toBe(true);
  });
});
