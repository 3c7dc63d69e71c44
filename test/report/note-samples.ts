import { renderNote } from "../../src/report/note.ts";
import type { Summary, SummaryModel } from "../../src/report/summary.ts";
import { code, sentence } from "../../src/text/message.ts";
import {
  NOTE_LINKS,
  sampleSummary,
  summaryModel,
} from "../support/report-samples.ts";

export const render = (change: Partial<Summary> = {}, links = NOTE_LINKS) =>
  renderNote(sampleSummary(change), {
    links,
    changes: null,
    picture: null,
    version: "1.2.3",
  });
export const blocks = (change: Partial<Summary>) =>
  render(change).split("\n\n");

export const red = summaryModel({
  name: "classifier",
  verdict: "fail",
  ships: false,
  why: "wrong",
  answer: [{ text: "it is wrong" }],
  because: sentence`element ${code("[0,17]")} of ${code("y")} differs`,
  next: [{ text: "train again" }],
  reasons: [
    {
      check: "parity",
      status: "wrong",
      code: "differs",
      parts: [{ text: "differs" }],
    },
  ],
  reproduce: "model-to-edge run x",
});
export const broken = summaryModel({
  name: "segmentor",
  verdict: null,
  ships: false,
  why: "not-converted",
  status: "failed",
  answer: [],
  because: [{ text: "no checkpoint" }],
});
export const warned = summaryModel({
  why: "warning",
  verdict: "warn",
  because: [{ text: "warning: a path of the machine is in the file" }],
});
export const none = {
  status: "none",
  commit: null,
  url: null,
  reason: null,
  fetch: null,
  verify: null,
} as const;

export const LINK = (name: string) =>
  `[\`${name}\`](${NOTE_LINKS.report}#model-${name})`;
export const warning = (text: string): SummaryModel["reasons"][number] => ({
  check: "structure",
  status: "warning",
  code: "x",
  parts: [{ text }],
});
