import { expect, test } from "vitest";
import { STRICT } from "../../../src/config/policy.ts";
import { levelFolder } from "../../support/detector-levels.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import type { TensorValue } from "../../support/references-writer.ts";
import { checkOf, validate } from "../../support/validate.ts";
import { foundBy, hiddenFault } from "../behaviour-findings.ts";
import { renamed, reweigh } from "../mutations/edits.ts";

const [ROWS, STEP] = [2, 3];
const SAMPLING = `{"channel_axis": 1, "rows": ${ROWS}, "steps": [1, 1, ${STEP}, ${STEP}]}`;

/** What an engine keeps of a tensor [batch, channels, height, width]. */
function sampled({ dtype, shape, values }: TensorValue): TensorValue {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const every = (length: number) =>
    Array.from({ length: Math.ceil(length / STEP) }, (_, at) => at * STEP);
  const rows = Math.min(batch, ROWS);
  const kept: number[] = [];

  for (let row = 0; row < rows * channels; row++)
    for (const y of every(height))
      for (const x of every(width))
        kept.push(Number(values[(row * height + y) * width + x]));

  const places = [every(height).length, every(width).length];
  return { dtype, shape: [rows, channels, ...places], values: kept };
}

/** Heads of the detector as inputs of layers, in samples, for whole tensors. */
function asLayers(
  tensors: Record<string, TensorValue>,
  metadata: Record<string, string>,
): void {
  for (const name of Object.keys(metadata))
    if (name.startsWith("inner/")) {
      delete metadata[name];
      metadata[name.replace("inner/", "layer/")] = SAMPLING;
    }

  for (const [name, tensor] of Object.entries(tensors))
    if (name.includes("/raw.cls_scores.")) {
      delete tensors[name];
      tensors[name.replace("aux/", "aux/layer.")] = sampled(tensor);
    }
}

const layersOf = (model?: (model: ModelInput) => ModelInput) =>
  levelFolder({ ...(model ? { model } : {}), references: asLayers });
const hides = { evidence: { inner: false }, model: hiddenFault };

test("a right graph gives its layers what the source gives", async () => {
  const { status, details } = await foundBy("parity", layersOf());

  expect(status).not.toBe("fail");
  expect(details.layers).toMatchObject({ known: 2, compared: 2, failing: 0 });
  expect(details.layers?.layer?.max_abs).toBeGreaterThan(0);
});

test("a fault that no output shows is wrong, and is placed", async () => {
  const { outcome } = await validate(await levelFolder(hides));
  const { status, kind, message, details } = await foundBy(
    "parity",
    layersOf(hiddenFault),
  );

  expect(outcome).toBe("warn");
  expect([status, kind]).toEqual(["fail", "wrong"]);
  expect(message).toMatch(
    /^the input of 1 of 2 layers inside the graph differs, first that of raw\.cls_scores\.1: element \[\d,\d,0,0\] of case .* times what rounding explains; the fault is between this layer and the one before it$/,
  );
  expect(details.layers).toMatchObject({
    ...{ compared: 2, failing: 1 },
    layer: { name: "raw.cls_scores.1" },
  });
});

test("a place is told as it is in the tensor, not in the samples", async () => {
  const heavier = reweigh("kernels.0", (value) => 1.01 * value);
  const { details } = await foundBy("parity", layersOf(heavier));
  const places = details.layers?.layer?.worst?.index.slice(2) ?? [];

  expect(details.layers?.failing).toBe(1);
  expect(places.map((place) => place % STEP)).toEqual([0, 0]);
  expect(Math.max(...places)).toBeGreaterThanOrEqual(STEP);
});

test("a case is run for the layers, where the cheapest ones have none", async () => {
  const { kind, details } = await foundBy(
    "parity",
    levelFolder({
      model: hiddenFault,
      references(tensors, metadata) {
        asLayers(tensors, metadata);
        for (const name of Object.keys(tensors))
          if (/^(real-0|dark|random-0)\/aux\/layer/.test(name))
            delete tensors[name];
      },
    }),
  );

  expect(kind).toBe("wrong");
  expect(details.layers).toMatchObject({ compared: 2, failing: 1 });
});

test("a layer that the graph has no longer is no fault", async () => {
  const { status, details } = await foundBy(
    "parity",
    layersOf(renamed("raw.cls_scores.1", "/head/Conv_1")),
  );

  expect(status).not.toBe("fail");
  expect(details.layers).toMatchObject({ known: 2, compared: 1, failing: 0 });
});

test("a stated tolerance is of the outputs, and layers are not judged then", async () => {
  const verdict = await validate(await layersOf(hiddenFault), {
    tolerance: { ...STRICT.tolerance, absolute: 0.1 },
  });
  const { status, details } = checkOf(verdict, "parity");

  expect(status).not.toBe("fail");
  expect(details.layers).toBeNull();
});
