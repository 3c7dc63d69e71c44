import { describe, expect, test } from "vitest";
import type { CheckName } from "../../src/validate/checks/registry.ts";
import { levelFolder } from "../support/detector-levels.ts";
import type { TensorValue } from "../support/references-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const found = async (folder: Promise<string>) => foundBy("behaviour", folder);
const foundBy = async <N extends CheckName>(
  check: N,
  folder: Promise<string>,
) => {
  const verdict = await validate(await folder);
  return {
    ...checkOf(verdict, check),
    outcome: verdict.outcome,
    sentence: verdict.sentence,
  };
};
type References = Record<string, TensorValue>;

const change =
  (part: RegExp, values: (value: number, at: number) => number) =>
  (tensors: References): void => {
    for (const [name, tensor] of Object.entries(tensors))
      if (part.test(name))
        tensors[name] = {
          ...tensor,
          values: Array.from(tensor.values, values),
        };
  };

describe("the unpatched source's own prediction", () => {
  const moved = (every: number) => (tensors: References) =>
    change(/predict\/dets/, (value, at) =>
      Math.floor(at / 5) % every === 0 && at % 5 < 4 ? value + 3 : value,
    )(tensors);

  test("that keeps some other boxes is a warning with numbers, and the sample's boxes are in the details", async () => {
    const { status, message, details } = await found(
      levelFolder({ references: moved(4) }),
    );
    expect(status).toBe("warn");
    expect(message).toMatch(
      /^\d+ of \d+ confident boxes match \(score ≥ 0.3\) .*, the fewest in case/,
    );
    const [picture] = details.boxes ?? [];
    expect(picture).toMatchObject({ case: "real-0" });
    expect([picture?.source.length, picture?.edge.length]).toEqual([5, 6]);
  });

  test("that keeps other boxes altogether is a failure", async () => {
    const { status, kind, message } = await found(
      levelFolder({ references: moved(1) }),
    );
    expect([status, kind]).toEqual(["fail", "wrong"]);
    expect(message).toMatch(/^0 of \d+ confident boxes/);
  });

  test("from the picture itself is compared likewise", async () => {
    const pipeline = (tensors: References) => {
      for (const part of ["dets", "labels"]) {
        const own = tensors[`real-0/aux/predict/${part}`];
        if (own) tensors[`real-0/aux/pipeline/${part}`] = own;
      }
    };
    const { status, message } = await found(
      levelFolder({ references: pipeline }),
    );
    expect([status, message]).toEqual([
      "pass",
      expect.stringContaining(
        "in the source's own pipeline from the picture, 100 %",
      ),
    ]);
  });
});
