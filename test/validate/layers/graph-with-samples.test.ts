import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readOnnx } from "../../../src/onnx/read-onnx.ts";
import { graphWithSamples } from "../../../src/validate/layers/graph-with-samples.ts";
import { folderOf, network, networkModel } from "../../support/model-folder.ts";
import { onnxModel } from "../../support/onnx-writer.ts";

const LAYERS = 40;

test("layers that are sampled alike share their bounds, which come first", async () => {
  const sampling = {
    channelAxis: 1,
    rows: 2,
    steps: [1, 1, 8, 8],
    layer: null,
  };
  const layers = Array.from(
    { length: LAYERS },
    (_, at) => [`layer.${at}`, sampling] as const,
  );
  const plain = onnxModel(networkModel(network()));
  const file = join(await folderOf({}), "net.onnx");

  await writeFile(file, plain);
  const before = (await readOnnx(file)).nodes.length;
  await writeFile(file, [plain, graphWithSamples(new Map(layers))]);
  const added = (await readOnnx(file)).nodes.slice(before);

  const [slices, bounds] = [
    added.filter(({ op }) => op === "Slice"),
    added.filter(({ op }) => op === "Constant"),
  ];
  expect(slices).toHaveLength(LAYERS);
  expect(bounds).toHaveLength(4);
  expect(added.slice(0, bounds.length)).toEqual(bounds);
});
