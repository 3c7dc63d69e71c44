import { describe, expect, it } from "vitest";
import { html } from "../../src/report/html/markup.ts";
import { timeline } from "../../src/report/html/timeline.ts";
import type { Span } from "../../src/timeline.ts";
import { pageText } from "./render-pages.ts";

const START = Date.UTC(2026, 0, 1, 12);
const span = (step: string, from: number, seconds: number): Span => ({
  step,
  started: new Date(START + from * 1000).toISOString(),
  seconds,
});
const drawn = (...given: Parameters<typeof timeline>) =>
  html`${timeline(...given)}`.markup;

describe("the timeline of a run", () => {
  it("is not there where nobody measured", () => {
    expect(timeline([], [{ name: "a", spans: [] }])).toBeNull();
  });

  it("has a lane for the run and for each model, the engine by its stages", () => {
    const spans = [
      span("download", 10, 10),
      span("engine.export", 20, 30),
      span("engine.references", 50, 20),
      span("engine", 20, 50),
      span("validate", 70, 20),
      span("stage", 90, 5),
    ];
    const run = [span("plan", 0, 10), span("publish", 95, 5)];
    const page = drawn(
      [...run, span("convert", 10, 85)],
      [{ name: "det", spans }],
    );

    expect(page).toContain('aria-label="run: plan 10 s, publish 5 s"');
    expect(page).toContain(
      'aria-label="det: download 10 s, engine: export 30 s, engine: references 20 s, checks 20 s, upload 5 s"',
    );
    expect(page).toContain(
      '<rect class="references" x="500.0" y="0" width="200.0"',
    );
    expect(pageText(page)).toMatch(
      /0 s 1 min 40 s plan 10 s download 10 s export 30 s references 20 s checks 20 s upload 5 s publish 5 s/,
    );
  });

  it("cuts the bar of a queue that took longer than the run, and says so", () => {
    const run = [span("queue", -7200, 7200), span("plan", 0, 100)];
    const page = drawn(run, []);
    expect(pageText(page)).toContain(
      "The queue lasted 120 min 0 s: its bar is cut",
    );
    expect(page).toMatch(/class="plan" x="230\.8" y="0" width="769\.2"/);
    const short = drawn([span("queue", -10, 10), span("plan", 0, 100)], []);
    expect(pageText(short)).not.toContain("is cut");
  });

  it("says nothing of models that took no time", () => {
    const models = [{ name: "unchanged", spans: [] }];
    const page = pageText(drawn([span("plan", 0, 1)], models));
    expect(page).not.toMatch(/longest|unchanged/);
  });

  it("shows the longest of very many models", () => {
    const models = Array.from({ length: 40 }, (_, index) => ({
      name: `m${index}`,
      spans: [span("validate", index, index)],
    }));
    const page = drawn([], models);
    expect(pageText(page)).toContain("The 15 models that took longest, of 40.");
    expect(page).toContain('aria-label="m39: ');
    expect(page).not.toContain('aria-label="m24: ');
  });
});
