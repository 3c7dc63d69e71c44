import { describe, expect, it } from "vitest";
import { advice, nearest, suggestion } from "../../src/text/nearest.ts";

describe("the nearest name", () => {
  it.each([
    ["mmdeplyo", "mmdeploy"],
    ["MMDeploy", "mmdeploy"],
    ["trch", "torch"],
    ["kubernetes", null],
    ["", null],
  ])("of %j is %j", (name, expected) =>
    expect(nearest(name, ["mmdeploy", "torch", "sklearn"])).toBe(expected),
  );

  it("falls back to what is known", () => {
    expect(suggestion("kubernetes", ["a", "b"])).toBe("known: a, b");
    expect(advice("kubernetes", ["a", "b"])).toBe("use one of a, b");
    expect(suggestion("mmdeplo", ["mmdeploy"])).toBe(
      'did you mean "mmdeploy"?',
    );
  });
});
