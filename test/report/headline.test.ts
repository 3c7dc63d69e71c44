import { describe, expect, it } from "vitest";
import { foundOf } from "../../src/report/headline.ts";

describe("foundOf", () => {
  it.each([
    [
      "det may ship: on ONNX Runtime CPU it computes the same.",
      "On ONNX Runtime CPU it computes the same.",
    ],
    ["det may ship, but was not compared.", "Was not compared."],
    [
      "det may not ship: it is wrong. Output x differs.",
      "It is wrong. Output x differs.",
    ],
    ["det may not shipwreck", "det may not shipwreck"],
    ["other may ship: fine", "other may ship: fine"],
    ["", ""],
  ])("leaves of %j what the answer does not say", (sentence, found) => {
    expect(foundOf({ name: "det", sentence })).toBe(found);
  });
});
