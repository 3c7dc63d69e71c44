import fc from "fast-check";
import { describe, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import {
  agreedBoxes,
  clipped,
  confidentScore,
} from "../../../src/validate/agreement/box-agreement.ts";
import { agreedClasses } from "../../../src/validate/agreement/class-agreement.ts";
import type { Box } from "../../../src/validate/detection/boxes.ts";
import type { Tensor } from "../../../src/validate/evidence/tensor.ts";
import { addFloatCase } from "../../../src/validate/parity/add-float-case.ts";
import {
  addMasks,
  createMaskAccumulator,
  reportMasks,
} from "../../../src/validate/parity/detection/masks.ts";
import { evidenceOf } from "../../../src/validate/parity/evidence.ts";
import { createFloatAccumulator } from "../../../src/validate/parity/float-accumulator.ts";
import { reportFloat } from "../../../src/validate/parity/float-output.ts";
import {
  addIntegerCase,
  createIntegerAccumulator,
} from "../../../src/validate/parity/integer-accumulator.ts";
import { reportInteger } from "../../../src/validate/parity/integer-report.ts";
import {
  levelsApart,
  planesOf,
} from "../../../src/validate/preprocess/compare.ts";
import { explain } from "../../../src/validate/preprocess/diagnose-preprocessing.ts";
import {
  boxDifference,
  difference,
} from "../../../src/validate/run-difference.ts";
import {
  detections,
  float,
  rowsOf,
  special,
  strange,
} from "./special-examples.ts";

const { tolerance } = STRICT;
const UNKNOWN = { noise: 0, largest: 0 };
const isPass = ({ status }: { status: string }) => status === "pass";
const expectAlways = <T>(
  values: fc.Arbitrary<T>,
  holds: (values: T) => boolean,
) => fc.assert(fc.property(values, holds), { numRuns: 200 });

/** Values of which one is special in the ONNX only. */
const spoiled = (length: number) =>
  fc
    .tuple(
      fc.array(strange, { minLength: length, maxLength: length }),
      fc.nat(length - 1),
      special,
    )
    .map(([values, at, value]) => ({
      onnx: values.with(at, value),
      source: values.with(at, 0.5),
    }));

function floats(onnx: Tensor, exact: Tensor, noisy = exact) {
  const accumulator = createFloatAccumulator("float32", null, 1);
  for (const name of ["a", "b"])
    addFloatCase(accumulator, { name, onnx, exact, noisy });
  const named = { name: "y", called: "y" };
  const evidence = evidenceOf("fp64", tolerance);
  return reportFloat(named, onnx.dims, accumulator, evidence);
}

function integers(onnx: Tensor, fp32: Tensor, margin: Tensor | null) {
  const accumulator = createIntegerAccumulator("int64");
  const noise = margin && float([1], [Number.NaN]);
  const rest = { fp64: fp32, variants: [], margin, noise };
  addIntegerCase(accumulator, { name: "a", onnx, fp32, ...rest });
  return reportInteger(
    {
      name: "y",
      called: "y",
      evidence: "fp64",
      proved: true,
      typeProblem: null,
      tolerance,
    },
    onnx.dims,
    accumulator,
  );
}

/** A box that is kept by any rule. */
const GOOD = [10, 10, 50, 60, 0.9, 1];
const boxes = fc.array(strange, { maxLength: 60 });

describe("special values in what a judge compares", () => {
  test("floats: what is special in the ONNX only is never a pass", () => {
    expectAlways(
      spoiled(12),
      ({ onnx, source }) =>
        !isPass(floats(float([12], onnx), float([12], source))),
    );
  });

  test("floats: any values come to an end", () => {
    expectAlways(fc.tuple(boxes, boxes, boxes), ([a, b, c]) => {
      const size = Math.min(a.length, b.length, c.length);
      const of = (values: number[]) => float([size], values.slice(0, size));
      return floats(of(a), of(b), of(c)).status !== undefined;
    });
  });

  test("integers: another value is never a pass, whatever the margins are", () => {
    expectAlways(
      fc.array(strange, { minLength: 16, maxLength: 16 }),
      (margins) => {
        const source = float(
          [16],
          margins.map((_, at) => at % 3),
        );
        const onnx = float(
          [16],
          margins.map((_, at) => (at + 1) % 3),
        );
        return [null, float([16], margins)].every(
          (margin) => !isPass(integers(onnx, source, margin)),
        );
      },
    );
  });

  test("detections: any boxes on both sides come to an end", () => {
    expectAlways(fc.tuple(boxes, boxes), ([onnx, source]) => {
      const report = detections(rowsOf(onnx), rowsOf(source));
      return report.status !== undefined;
    });
  });

  test("detections: a special value in a box that is kept is never a pass", () => {
    expectAlways(fc.tuple(fc.nat(5), special), ([at, value]) => {
      const source = Array.from({ length: 20 }, (_, row) =>
        GOOD.with(0, row)
          .with(4, 0.9 - row / 50)
          .with(5, row % 2),
      );
      const onnx = source.with(
        3,
        GOOD.with(0, 3).with(4, 0.84).with(at, value),
      );
      return !isPass(detections(rowsOf(onnx.flat()), rowsOf(source.flat())));
    });
  });

  test("masks: what is special in the ONNX only is never a pass", () => {
    expectAlways(spoiled(16), ({ onnx, source }) => {
      const accumulator = createMaskAccumulator();
      const [box] = rowsOf(GOOD).dets.dims as [number];
      const place = { of: "onnx", case: "a", image: 0 } as const;
      const found: Box = { row: 0, corners: [], score: box, label: 0 };
      const side = (values: number[]) =>
        [{ tensor: float([1, 1, 4, 4], values), rows: 1 }, found] as const;
      addMasks(accumulator, place, side(onnx), side(source));
      return !isPass(reportMasks("masks", accumulator));
    });
  });

  test("agreement of boxes comes to an end and is no more than all", () => {
    expectAlways(fc.tuple(boxes, boxes), ([left, right]) => {
      const size = { width: 100, height: 100 };
      const of = (values: number[]) =>
        clipped(
          Array.from({ length: Math.floor(values.length / 6) }, (_, row) => ({
            row,
            corners: values.slice(6 * row, 6 * row + 4),
            score: values[6 * row + 4] ?? 0,
            label: values[6 * row + 5] ?? 0,
          })),
          size,
        );
      const [ones, others] = [of(left), of(right)];
      const confident = confidentScore([...ones, ...others]);
      const { agreed, total } = agreedBoxes(
        { edge: ones, source: others },
        confident,
      );
      return agreed <= total;
    });
  });

  test("agreement of classes: a row of NaN agrees with none", () => {
    expectAlways(fc.array(special, { minLength: 3, maxLength: 3 }), (row) => {
      const onnx = float([1, 3], row.with(0, Number.NaN));
      const counts = agreedClasses(onnx, float([1, 3], [3, 1, 2]));
      return counts?.agreed === 0 && counts.total === 1;
    });
  });

  test("two runs: what is special in one only is a difference", () => {
    expectAlways(spoiled(12), ({ onnx, source }) => {
      const [one, other] = [float([12], onnx), float([12], source)];
      return (
        difference(one, other, UNKNOWN, tolerance) !== null &&
        difference(other, one, UNKNOWN, tolerance) !== null
      );
    });
  });

  test("two runs: any boxes come to an end", () => {
    expectAlways(fc.tuple(boxes, boxes), ([left, right]) => {
      const [one, other] = [rowsOf(left), rowsOf(right)];
      const found = boxDifference(one.dets, other.dets, null);
      return found === null || found.length > 0;
    });
  });

  test("pre-processing: a tensor of special values is never the picture's", () => {
    expectAlways(
      fc.array(special, { minLength: 48, maxLength: 48 }),
      (values) => {
        const planes = planesOf([1, 3, 4, 4], values, "NCHW");
        if (!planes) return false;
        const picture = {
          width: 4,
          height: 4,
          channels: 3,
          data: Uint8Array.from({ length: 48 }, (_, at) => 5 * at),
        };
        explain([], picture, planes);
        return levelsApart(picture, planes, []) > 1;
      },
    );
  });
});
