import { describe, expect, it } from "vitest";
import {
  refuseEmptySelection,
  unmatchedEntries,
} from "../../src/plan/unmatched-names.ts";

const layer = (...models: string[]) => ({
  file: "conversion.yaml",
  config: {
    version: 1 as const,
    models: Object.fromEntries(models.map((name) => [name, null])),
  },
});

describe("names that match nothing", () => {
  it("a misspelt entry of conversion.yaml is an error with the name that was meant", () => {
    expect(() =>
      unmatchedEntries(layer("detektor"), ["detector", "segmentor"]),
    ).toThrow(/detektor.*did you mean "detector"\?/);
  });

  it("an entry that is like no model, or like one that has its own entry, is told", () => {
    expect(unmatchedEntries(layer("lanes"), ["detector"])).toEqual([
      "conversion.yaml names lanes, but this branch has no such model",
    ]);
    expect(
      unmatchedEntries(layer("detector-1", "detector-2"), ["detector-1"]),
    ).toEqual([expect.stringContaining("detector-2")]);
  });

  it("entries that all have their models are nothing to say", () => {
    expect(unmatchedEntries(layer("a"), ["a", "b"])).toEqual([]);
  });

  it("an empty selection is an error that names what there is", () => {
    expect(() => refuseEmptySelection("detektor", ["detector"])).toThrow(
      /did you mean "detector"\?/,
    );
    expect(() => refuseEmptySelection("x*", ["detector", "b"])).toThrow(
      /known: detector, b/,
    );
  });
});
