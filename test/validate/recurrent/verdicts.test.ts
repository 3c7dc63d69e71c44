import { describe, expect, test } from "vitest";
import { judgeParity, layerFolder } from "./layer-folder.ts";
import { type Layer, layer, layerModel } from "./layers.ts";
import { WRONG } from "./wrong-layers.ts";

/**
 * Layers whose weights make so much of the approximations in ONNX Runtime's kernels that the source's rounding does not
 * explain them: how many times the tolerance the error was.
 */
const LIVELY: [op: Layer["op"], times: number, right: Layer][] = [
  ["LSTM", 53, layer("LSTM", { hidden: 8 }, 4, 8)],
  ["LSTM", 14, layer("LSTM", { hidden: 8 }, 3, 8)],
  ["GRU", 2.5, layer("GRU", { hidden: 8, linearBeforeReset: true }, 3, 9)],
  ["GRU", 2.3, layer("GRU", { hidden: 8 }, 3, 15)],
  ["RNN", 1.2, layer("RNN", { hidden: 8 }, 3, 1)],
];
const CALM = (["LSTM", "GRU", "RNN"] as const).map(
  (op): [Layer["op"], Layer] => [op, layer(op, { hidden: 8 })],
);

describe.each(LIVELY)("%s, %f times the tolerance", (op, times, right) => {
  test("right: a warning that says what it is", async () => {
    const folder = await layerFolder(layerModel(right), right);
    const { outcome, says, outputs, layers } = await judgeParity(folder);

    expect(layers).toMatchObject({ compared: 1, failing: 0 });
    const most = Math.max(
      ...outputs.map(
        ({ max_abs, tolerance }) => (max_abs ?? 0) / (tolerance ?? 1),
      ),
    );
    expect(most).toBeGreaterThan(times);
    expect(outcome).toBe("warn");
    expect(says).toContain(
      "whose kernel of the recurrent layer approximates its activations",
    );
  });

  test.each(WRONG[op])("wrong: %s", async (_, make) => {
    const folder = await layerFolder(make(right), right);
    expect((await judgeParity(folder)).outcome).toBe("wrong");
  });
});

describe.each(CALM)("%s with usual weights", (op, right) => {
  test("right: a pass", async () => {
    const folder = await layerFolder(layerModel(right), right);
    expect((await judgeParity(folder)).outcome).toBe("pass");
  });

  test.each(WRONG[op])("wrong: %s", async (_, make) => {
    const folder = await layerFolder(make(right), right);
    expect((await judgeParity(folder)).outcome).toBe("wrong");
  });
});

test("where the kernel is too far off, it is wrong, and the cause is said", async () => {
  const right = layer("GRU", { hidden: 8, linearBeforeReset: true }, 4, 16);
  const folder = await layerFolder(layerModel(right), right);
  const { outcome, says } = await judgeParity(folder);

  expect(outcome).toBe("wrong");
  expect(says).toMatch(
    /the same graph in float64 equals the source.*state the tolerance/,
  );
});
