import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activationCause } from "../../../src/validate/agreement/activation-cause.ts";
import {
  type Agreement,
  agreementText,
  emptyAgreement,
  isRefused,
} from "../../../src/validate/agreement/agreement.ts";
import type { BoxImage } from "../../../src/validate/agreement/box-agreement.ts";
import {
  addBoxNoise,
  countShared,
  leastBoxNoise,
  sharedNumbers,
} from "../../../src/validate/agreement/box-values.ts";
import { decisionCause } from "../../../src/validate/agreement/decision-cause.ts";
import {
  masksOf,
  sameMasks,
} from "../../../src/validate/agreement/mask-agreement.ts";
import { noisyPrediction } from "../../../src/validate/agreement/noisy-prediction.ts";
import type { Box } from "../../../src/validate/detection/boxes.ts";
import type { ReferenceCase } from "../../../src/validate/evidence/references.ts";
import {
  createWindowMean,
  cutWindow,
} from "../../../src/validate/windows/window-mean.ts";
import { float, special, strange } from "../parity/special-examples.ts";

const expectAlways = <T>(
  values: fc.Arbitrary<T>,
  holds: (values: T) => boolean,
) => fc.assert(fc.property(values, holds), { numRuns: 200 });

const boxOf = ([
  a = 0,
  b = 0,
  c = 0,
  d = 0,
  score = 0,
  label = 0,
]: number[]) => ({
  ...{ row: 0, corners: [a, b, c, d], score, label },
});
const boxes = fc
  .array(fc.array(strange, { minLength: 6, maxLength: 6 }), { maxLength: 12 })
  .map((rows): Box[] => rows.map(boxOf));
const KEEP = {
  ...{ scoreThreshold: 0.3, maxBoxes: 100, preTopK: null, nmsIou: 0.5 },
  ...{ classAgnostic: false, dropsEmpty: true },
};

/** Boxes in a row, each 10 wide. */
const row = (count: number, score = 0.9): Box[] =>
  Array.from({ length: count }, (_, at) =>
    boxOf([20 * at, 0, 20 * at + 10, 10, score, 0]),
  );
const count = (image: BoxImage) =>
  countShared([sharedNumbers(image, 0.3, leastBoxNoise())]);

describe("special values in the source's own prediction", () => {
  test("boxes: any come to an end, and no more agree than there are", () => {
    expectAlways(fc.tuple(boxes, boxes), ([edge, source]) => {
      const noise = leastBoxNoise();
      addBoxNoise(noise, edge, source);
      const { agreed, total } = countShared([
        sharedNumbers({ edge, source }, 0.3, noise),
      ]);
      decisionCause([{ edge, source }], 0.3, KEEP);
      return agreed <= total;
    });
  });

  test("boxes: a score that is special has not the score of its match", () => {
    expectAlways(special, (score) => {
      const source = row(9);
      const edge = source.map((box) => ({ ...box, score }));
      return count({ edge: source, source: edge }).agreed === 0;
    });
  });

  test("boxes: none on a side, and ten thousand of them", () => {
    const many = row(10_000);
    expect(count({ edge: [], source: [] })).toEqual({ agreed: 0, total: 0 });
    expect(count({ edge: many, source: [] })).toEqual({ agreed: 0, total: 0 });
    expect(count({ edge: many.slice(0, 2000), source: many })).toEqual({
      ...{ agreed: 2000, total: 2000 },
    });
  });

  test("a rate of nothing, and of numbers that are none, is text and never a refusal by chance", () => {
    const empty = emptyAgreement("predict", "y", "values");
    for (const total of [0, 7])
      expect(isRefused({ ...empty, agreed: 0, total })).toBe(false);
    expect(agreementText({ ...empty, total: 1e4 } as Agreement)).toContain(
      "0 of 10000",
    );
  });

  test("masks: a special value covers no pixel but infinity, and comes to an end", () => {
    expectAlways(
      fc.array(strange, { minLength: 4, maxLength: 4 }),
      (corners) => {
        const edge = masksOf(float([1, 1, 2, 2], corners));
        const source = masksOf(float([1, 1, 4, 4], Array(16).fill(1)));
        if (!edge || !source) return false;
        const box = { row: 0, corners, score: 0.9, label: 0 };
        const { agreed, total } = sameMasks(
          [{ box, match: box }],
          0,
          { edge, source },
          { space: "box", threshold: 0.5 },
        );
        return agreed <= total;
      },
    );
    const nothing = masksOf(float([1, 1, 4, 4], Array(16).fill(Number.NaN)));
    const all = masksOf(float([1, 1, 4, 4], Array(16).fill(1)));
    if (!nothing || !all) throw new Error("no masks");
    const whole = boxOf([0, 0, 4, 4, 0.9]);
    expect(
      sameMasks(
        [{ box: whole, match: whole }],
        0,
        { edge: nothing, source: all },
        { space: null, threshold: 0.5 },
      ),
    ).toEqual({ agreed: 0, total: 1 });
  });

  test("sums of rows: special values are no softmax", () => {
    expectAlways(special, (value) => {
      const [edge, own] = [
        float([1, 2], [value, 1]),
        float([1, 2], [0.5, 0.5]),
      ];
      return activationCause(edge, own) !== null;
    });
  });

  test("noise that is not a number moves nothing", async () => {
    await fc.assert(
      fc.asyncProperty(special, async (value) => {
        const [own, single] = [float([2], [1, 2]), float([2], [value, 2])];
        const entry = { name: "y" } as never;
        const referenceCase = {
          fp32: new Map([["y", entry]]),
          fp64: new Map([["y", entry]]),
          variants: [],
        } as unknown as ReferenceCase;
        let reads = 0;
        const read = async () => (reads++ === 0 ? single : own);
        const noisy = await noisyPrediction(own, "y", referenceCase, {
          ...{ evidence: "fp64", read },
        });
        return noisy?.data[0] === 1;
      }),
    );
  });

  test("windows: the mean keeps what is special, and NaN where no window lies", () => {
    expectAlways(special, (value) => {
      const windows = {
        ...{ kind: "windows", to: [2, 1], stride: [2, 1] },
      } as never;
      const picture = float([1, 1, 1, 4], [1, value, 3, 4]);
      const window = cutWindow(picture, { x: 0, y: 0 }, windows);
      const mean = createWindowMean([1, 1, 1, 4], 1);
      mean.add(window, { x: 0, y: 0 });
      const [first, second, third] = mean.result().data;
      return first === 1 && Object.is(second, value) && Number.isNaN(third);
    });
  });
});
