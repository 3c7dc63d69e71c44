import { describe, expect, it } from "vitest";
import { renderNote } from "../../src/report/note.ts";
import {
  changeCell,
  type TargetChange,
} from "../../src/report/target-change.ts";
import { code, sentence } from "../../src/text/message.ts";
import { additive, breaking } from "../../src/version/change.ts";
import {
  NOTE_LINKS,
  sampleSummary,
  summaryModel,
} from "../support/report-samples.ts";

const change = (changed: Partial<TargetChange> = {}): TargetChange => ({
  was: { bytes: 1_200_000 },
  is: { bytes: 1_300_000 },
  same: false,
  contract: [],
  latency: null,
  ...changed,
});
const classes = breaking(sentence`${code("scores")} was [N,80], is [N,81]`);
const axis = additive(sentence`${code("batch")} is open`);

describe("what a merge request changes of a model", () => {
  it.each<[string, TargetChange | undefined, string]>([
    ["is not known", undefined, "–"],
    ["is that it is new", change({ was: null }), "new, 1.3 MB"],
    ["is nothing", change({ same: true }), "the same"],
    ["is its size", change(), "same contract; size 1.2 MB → 1.3 MB"],
    [
      "is its speed",
      change({ contract: null, latency: 1.042 }),
      "size 1.2 MB → 1.3 MB; time +4 %",
    ],
    [
      "is that it is faster",
      change({ contract: null, latency: 0.9 }),
      "size 1.2 MB → 1.3 MB; time −10 %",
    ],
    [
      "breaks a program",
      change({ contract: [classes, axis, axis] }),
      "**breaking**: `scores` was `[N,80]`, is `[N,81]`; `batch` is open; 1 more; size 1.2 MB → 1.3 MB",
    ],
    [
      "is compatible",
      change({ contract: [axis] }),
      "compatible: `batch` is open; size 1.2 MB → 1.3 MB",
    ],
  ])("%s", (_, changed, cell) => expect(changeCell(changed)).toBe(cell));

  it("is a column of the note, with the branch in its head", () => {
    const models = [summaryModel(), summaryModel({ name: "b" })];
    const changes = {
      target: "main",
      models: new Map([["detector", change({ same: true })]]),
    };
    const note = renderNote(sampleSummary({ models }), {
      links: NOTE_LINKS,
      changes,
      picture: null,
      version: "1",
    });

    expect(note).toContain("| Model | Verdict | Finding | Against `main` |");
    expect(note).toMatch(/detected\. \| the same \|\n.*detected\. \| – \|/);
  });
});
