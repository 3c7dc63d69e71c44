import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openReferences } from "../../../src/validate/evidence/open-references.ts";
import { folderOf } from "../../support/model-folder.ts";
import {
  safetensors,
  type TensorValue,
} from "../../support/references-writer.ts";

const ONE: TensorValue = { dtype: "F32", shape: [1], values: [1] };

async function opened(names: string[], metadata: Record<string, string> = {}) {
  const bytes = safetensors(
    Object.fromEntries(names.map((name) => [name, ONE])),
    metadata,
  );
  const references = await openReferences(
    join(
      await folderOf({ "references.safetensors": bytes }),
      "references.safetensors",
    ),
  );
  await references.close();

  return references;
}

test("name the file of a sample by its case", async () => {
  const { files } = await opened(["sample-3/in/x"], {
    "sample-3/kind": "real",
    "file/sample-3": "night.png",
  });
  expect([...files]).toEqual([["sample-3", "night.png"]]);
});

describe("references with what lies inside of the graph", () => {
  test("are read by whose it is, and what only helps stays apart", async () => {
    const names = [
      "in/x",
      "fp32/y",
      "fp64/y",
      "aux/y.margin",
      "aux/picture",
      "aux/fp32/raw.a/b.0",
      "aux/fp64/raw.a/b.0",
    ];
    const more = [
      "aux/predict/y",
      "aux/pipeline/y",
      "aux/fp32.1/y",
      "aux/fp32.4/y",
      "aux/fp32/y.noise",
    ];
    const references = await opened(
      [...names, ...more].map((name) => `one/${name}`),
      {
        "inner/raw.a/b.0": "source",
        "inner/nms.boxes": "rewritten",
        "inner/kind": "real",
      },
    );
    const [one] = references.cases;
    expect([...references.intermediate]).toEqual([
      ["raw.a/b.0", "source"],
      ["nms.boxes", "rewritten"],
    ]);
    expect([
      [...(one?.intermediate.fp32.keys() ?? [])],
      [...(one?.intermediate.fp64.keys() ?? [])],
    ]).toEqual([["raw.a/b.0"], ["raw.a/b.0"]]);
    expect([
      [...(one?.predict.keys() ?? [])],
      [...(one?.pipeline.keys() ?? [])],
    ]).toEqual([["y"], ["y"]]);
    expect(one?.variants.map((variant) => [...variant.keys()])).toEqual([
      ["y"],
      [],
      [],
      ["y"],
    ]);
    expect([...(one?.aux.keys() ?? [])]).toEqual([
      "y.margin",
      "picture",
      "fp32/y.noise",
    ]);
    await references.close();
  });

  test.each<[string, string[], Record<string, string>, string]>([
    [
      "an inner tensor of no kind",
      ["a/in/x", "a/aux/fp32/h"],
      {},
      "the intermediate tensor h of case a has no kind",
    ],
    [
      "an unknown kind of inner tensor",
      ["a/in/x"],
      { "inner/h": "mine" },
      "the intermediate tensor h has an unknown kind: mine",
    ],
    [
      "a variant without a number that counts",
      ["a/in/x", "a/aux/fp32.0/y"],
      {},
      "case a has the float32 variant 0",
    ],
    [
      "a variant beyond all",
      ["a/in/x", "a/aux/fp32.65/y"],
      {},
      "case a has the float32 variant 65",
    ],
    [
      "a case that lacks an input",
      ["a/in/x", "a/in/m", "b/in/x"],
      {},
      "case b has no value for the input m, but case a has one",
    ],
  ])("are refused with %s", async (_, names, metadata, message) => {
    await expect(opened(names, metadata)).rejects.toThrow(message);
  });
});

describe("samples of what layers get", () => {
  const names = ["one/in/x", "one/fp32/y", "one/aux/layer.fp32/layer.a.b"];
  const sampling =
    '{"channel_axis": 1, "rows": 2, "steps": [1, 1, 8, 8], "layer": "a.b"}';

  test("are read by layer, with the places that they are from", async () => {
    const { cases, layers } = await opened(names, {
      "layer/layer.a.b": sampling,
    });

    expect([...(cases[0]?.layers.fp32.keys() ?? [])]).toEqual(["layer.a.b"]);
    expect(cases[0]?.aux.size).toBe(0);
    expect([...layers]).toEqual([
      [
        "layer.a.b",
        { channelAxis: 1, rows: 2, steps: [1, 1, 8, 8], layer: "a.b" },
      ],
    ]);
  });

  test("are helpers of an output where the metadata knows no such layer", async () => {
    const { cases } = await opened(names);

    expect([...(cases[0]?.aux.keys() ?? [])]).toEqual(["layer.fp32/layer.a.b"]);
    expect(cases[0]?.layers.fp32.size).toBe(0);
  });

  test.each([
    "8",
    "not JSON",
    "null",
    '{"channel_axis": 1, "rows": 2}',
    '{"channel_axis": 4, "rows": 2, "steps": [1, 1, 8, 8]}',
    '{"channel_axis": 2, "rows": 2, "steps": [1, 1, 8, 8]}',
    '{"channel_axis": 1, "rows": 0, "steps": [1, 1, 8, 8]}',
    '{"channel_axis": 1, "rows": 2, "steps": [1, 1, -8, 8]}',
    '{"channel_axis": 1, "rows": 2, "steps": [1, 1, 8, 8], "layer": 3}',
  ])("are of no unknown places: %s", async (text) => {
    await expect(opened(names, { "layer/layer.a.b": text })).rejects.toThrow(
      /the samples of the layer layer\.a\.b are of unknown places/,
    );
  });
});
