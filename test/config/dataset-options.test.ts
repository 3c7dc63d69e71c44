import { describe, expect, it } from "vitest";
import { readDatasetWish } from "../../src/config/dataset-options.ts";
import { readEnvironment } from "../../src/environment/environment.ts";

const NOBODY = readEnvironment({});
const INFO = { info: "a", "awml-version": "v0.3.0", set: "base" };
const LABELS = { "auto-label": "a", day: "20241101", dataset: "xx1" };

describe("what is promoted", () => {
  it("is a model, or a data set", () => {
    expect(readDatasetWish({ model: "det" }, NOBODY)).toBeNull();
    expect(readDatasetWish({}, NOBODY)).toBeNull();
    expect(readDatasetWish(INFO, NOBODY)).toEqual({
      ...{ kind: "info", folder: "a", awmlVersion: "v0.3.0", set: "base" },
    });
    expect(readDatasetWish(LABELS, NOBODY)).toEqual({
      ...{ kind: "auto-label", folder: "a", day: "20241101", dataset: "xx1" },
    });
  });

  it.each<[Record<string, string | boolean>, string]>([
    [{ ...INFO, model: "det" }, "--model and --info are different things"],
    [{ ...INFO, ...LABELS }, "--info and --auto-label are different things"],
    [{ info: "a", set: "base" }, "--info needs --awml-version"],
    [{ info: "a", "awml-version": "v0.3.0" }, "--info needs --set"],
    [{ "auto-label": "a", dataset: "xx1" }, "--auto-label needs --day"],
    [{ "auto-label": "a", day: "20241101" }, "--auto-label needs --dataset"],
    [{ ...INFO, day: "20241101" }, "--day belongs to --auto-label"],
    [{ ...LABELS, set: "base" }, "--set belongs to --info"],
    [{ model: "det", set: "base" }, "--set belongs to --info"],
    [{ ...INFO, version: "1.0.0" }, "--version belongs to --model"],
    [{ ...INFO, algorithm: "A" }, "--algorithm belongs to --model"],
    [{ ...LABELS, bom: true }, "--bom belongs to --model"],
    [{ ...INFO, back: true }, "--back belongs to --model"],
  ])("%j is refused", (flags, says) => {
    expect(() => readDatasetWish(flags, NOBODY)).toThrow(
      expect.objectContaining({
        ...{ code: "setting", message: expect.stringContaining(says) },
      }),
    );
  });
});
