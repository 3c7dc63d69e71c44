import { describe, expect, it } from "vitest";
import { recorder, stopClockAt } from "../support/log-recorder.ts";

const START = new Date("2026-11-21T10:00:00Z");

stopClockAt(START);

describe("sections", () => {
  it("writes GitLab's markers around the work, with a name of its own for each", async () => {
    const { log, text } = recorder({ sections: true });
    await log.section(
      "Convert détector (1/2)",
      async () => log.info("inside"),
      { collapsed: true },
    );
    await log.section("Convert détector (1/2)", async () => undefined);
    const unix = START.getTime() / 1000;
    expect(text().split("\n").slice(0, 3)).toEqual([
      `\u001b[0Ksection_start:${unix}:Convert_d_tector_1_2__1[collapsed=true]\r\u001b[0KConvert détector (1/2)`,
      "inside",
      `\u001b[0Ksection_end:${unix}:Convert_d_tector_1_2__1\r\u001b[0K`,
    ]);
    expect(text()).toContain(`section_start:${unix}:Convert_d_tector_1_2__2\r`);
  });

  it("closes a section whose work throws, and shows errors only after it", async () => {
    const { log, text } = recorder({ sections: true });
    const work = log.section("outer", () =>
      log.section("inner", async () => {
        log.error("weights do not fit");
        log.info("still inside");
        throw new Error("stop");
      }),
    );
    await expect(work).rejects.toThrow("stop");
    const lines = text().trimEnd().split("\n");
    expect(
      lines.map(
        (line) =>
          /section_\w+:\d+:\w+/.exec(line)?.[0].replace(/:\d+:/, " ") ?? line,
      ),
    ).toEqual([
      "section_start outer_1",
      "section_start inner_2",
      "still inside",
      "section_end inner_2",
      "section_end outer_1",
      "error: weights do not fit",
    ]);
  });

  it("closes open sections where the program ends, and shows their errors", async () => {
    const { log, text } = recorder({ sections: true });
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const work = log.section("outer", () =>
      log.section("inner", async () => {
        log.error("weights do not fit");
        await gone;
      }),
    );
    log.endSections();
    const marks = /section_\w+:\d+:\w+|error: .*/g;
    const shown = (text().match(marks) ?? []).map((mark) =>
      mark.replace(/:\d+:/, " "),
    );
    expect(shown).toEqual([
      "section_start outer_1",
      "section_start inner_2",
      "section_end inner_2",
      "section_end outer_1",
      "error: weights do not fit",
    ]);

    const before = text();
    log.error("at once");
    go();
    await work;
    expect(text()).toBe(`${before}error: at once\n`);
  });

  it("is a plain title where there is no GitLab", async () => {
    const { log, text } = recorder();
    expect(await log.section("Publish", async () => 7)).toBe(7);
    expect(text()).toBe("Publish\n");
  });
});
