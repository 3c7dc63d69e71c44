import { describe, expect, it } from "vitest";
import { datasetPath } from "../../src/registry/dataset-path.ts";

const info = (awmlVersion: string, set = "base") =>
  datasetPath({ kind: "info", folder: "", awmlVersion, set });
const labels = (day: string, dataset = "xx1") =>
  datasetPath({ kind: "auto-label", folder: "", day, dataset });

describe("a data set's folder", () => {
  it("is AWML's", () => {
    expect(info("v0.3.0")).toBe("info/v0.3.0/base");
    expect(labels("20240229")).toBe("auto_label/20240229_xx1");
  });

  it.each([
    ...["", "0.3.0", "v0.3", "v0.3.0/..", "v0.3.0 ", "v01.0.0", "latest"],
  ])("has no version %j", (version) => {
    expect(() => info(version)).toThrow(
      expect.objectContaining({ code: "release-name", exitCode: 2 }),
    );
  });

  it.each([
    ...[
      "",
      "2024-11-01",
      "20241301",
      "20240230",
      "20230229",
      "202411",
      "today",
    ],
  ])("has no day %j", (day) => {
    expect(() => labels(day)).toThrow(
      expect.objectContaining({ code: "release-name", exitCode: 2 }),
    );
  });

  it.each(["", "a/b", "..", "a b", ".claims", "-x", "ü"])(
    "has no name %j",
    (name) => {
      for (const make of [
        () => info("v0.3.0", name),
        () => labels("20241101", name),
      ])
        expect(make).toThrow(
          expect.objectContaining({ code: "release-name", exitCode: 2 }),
        );
    },
  );
});
