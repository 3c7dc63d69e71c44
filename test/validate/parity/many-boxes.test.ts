import { describe, expect, test } from "vitest";
import { detections, rowsOf } from "./special-examples.ts";

describe("10,000 boxes", () => {
  const many = (place: (row: number) => number[]) =>
    rowsOf(Array.from({ length: 10_000 }, (_, row) => place(row)).flat());
  const spread = (by: number) =>
    many((row) => [
      ...[10 * (row % 100) + by, 10 * Math.floor(row / 100)],
      ...[10 * (row % 100) + by + 8, 10 * Math.floor(row / 100) + 8],
      0.1 + row / 20_000,
      row % 80,
    ]);
  const crowd = many((row) => [10, 10, 20, 20, 0.1 + row / 20_000, 1]);

  test.each([
    ["that are right", spread(0), spread(0), "pass"],
    ["that are all wrong", spread(3), spread(0), "fail"],
    ["in one place", crowd, crowd, "pass"],
    ["in one place, beside none", crowd, rowsOf([]), "fail"],
  ])("%s are judged", (_, onnx, source, status) => {
    const started = process.cpuUsage();
    const found = detections(onnx, source);
    const { user } = process.cpuUsage(started);
    expect(status === "pass" ? found.kind : "wrong").not.toBe(
      status === "pass" ? "wrong" : undefined,
    );
    expect(found.status === "pass").toBe(
      status === "pass" && found.kind === undefined,
    );
    expect(user / 1e6).toBeLessThan(30);
  });
});
