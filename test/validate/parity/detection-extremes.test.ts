import { expect, test } from "vitest";
import type { CaseKind } from "../../../src/validate/evidence/references.ts";
import { createDetectionCollector } from "../../../src/validate/parity/detection/detection-collector.ts";
import {
  detections,
  jitter,
  PLAN,
  picture,
  type Row,
} from "./detection-examples.ts";

test("black and white pictures without boxes take nothing from those that have some", async () => {
  const report = await judged([
    ["real", picture(0)],
    ["real", picture(1)],
    ["extreme", []],
    ["extreme", []],
  ]);

  expect(report).toMatchObject({ status: "pass" });
});

test("nor are boxes of a black or a white picture evidence", async () => {
  const report = await judged([
    ["real", picture(0)],
    ["extreme", picture(1)],
    ["extreme", picture(2)],
  ]);

  expect(report).toMatchObject({ status: "fail", kind: "unproven" });
  expect(report?.message).toContain("only one picture has boxes");
});

/** Of `dets`: each case has one picture, and the graph gives the source's boxes. */
async function judged(cases: [kind: CaseKind, boxes: Row[]][]) {
  const collector = createDetectionCollector(PLAN);
  for (const [index, [kind, rows]] of cases.entries()) {
    const exact = detections([rows]);
    const fp32 = detections([jitter(2e-5, 1e-7)(rows, index)]);

    await collector.add({
      name: `case-${index}`,
      kind,
      read: async (output) => {
        const [double, single] = [exact, fp32].map((side) =>
          output === "dets" ? side.dets : side.labels,
        );
        if (!double || !single) return null;

        return {
          ...{ onnx: double, fp32: single, fp64: double },
          ...{ variants: [], margin: null, noise: null },
        };
      },
      exactIntermediate: async () => null,
    });
  }

  return collector.reports().find(({ name }) => name === "dets");
}
