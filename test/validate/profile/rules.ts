import type { Profile } from "../../../src/config/profile.ts";
import type { ModelInput } from "../../support/onnx-writer.ts";
import { topK } from "./models.ts";

/** A node that is all of a model. */
export const node = (op: string, domain = "") => ({
  op,
  domain,
  inputs: ["x"],
  outputs: ["y"],
  name: "act",
});
export const weights = (type: number) => ({
  w: { dims: [1], values: [1], type },
});

/** What is limited, a model within the limit, one beyond it, and what is said of that. */
export const RULES: [
  string,
  Partial<Profile>,
  Partial<ModelInput>,
  Partial<ModelInput>,
  string,
][] = [
  [
    "opset",
    { opsets: { "ai.onnx": { newest: 13 } } },
    {},
    { opset: 14 },
    "opset 14 is newer than 13, the newest it loads: export with opset 13 or older",
  ],
  [
    "oldest opset",
    { opsets: { "ai.onnx": { oldest: 13, newest: 17 } } },
    {},
    { opset: 12 },
    "export with opset 13 to 17",
  ],
  [
    "opset of a domain",
    { opsets: { "ai.onnx": { newest: 17 }, "ai.onnx.ml": { newest: 3 } } },
    { opsets: { "ai.onnx.ml": 3 } },
    { opsets: { "ai.onnx.ml": 4 } },
    "opset 4 of ai.onnx.ml is newer than 3",
  ],
  [
    "IR version",
    { newest_ir: 8 },
    { ir: 8 },
    { ir: 9 },
    "IR version 9 is newer than 8",
  ],
  [
    "operators that it has",
    { operators: { has: { "ai.onnx": ["Relu"] } } },
    {},
    { nodes: [node("Det")] },
    'it lacks Det (1 node, "act")',
  ],
  [
    "operators that it lacks",
    { operators: { lacks: { "ai.onnx": { Det: 1 } } } },
    {},
    { nodes: [node("Det")] },
    'it lacks Det (1 node, "act")',
  ],
  [
    "operators that it lacks from an opset on",
    { operators: { lacks: { "ai.onnx": { RoiAlign: 16 } } } },
    { opset: 15, nodes: [node("RoiAlign")] },
    { opset: 16, nodes: [node("RoiAlign")] },
    'RoiAlign (1 node, "act") from opset 16 on: export with opset 15 or older',
  ],
  [
    "domains",
    {},
    {},
    { nodes: [node("Foo", "mmdeploy")], opsets: { mmdeploy: 1 } },
    'no operators of the domain "mmdeploy" (mmdeploy:Foo (1 node, "act"))',
  ],
  [
    "types of inputs",
    { dtypes: { refused: ["float16"] } },
    {},
    { inputs: [{ name: "x", dims: [1], type: 10 }] },
    'the input "x" is float16, which it does not load',
  ],
  [
    "types of outputs",
    { dtypes: { refused: ["float64"] } },
    {},
    { outputs: [{ name: "y", dims: [1], type: 11 }] },
    'the output "y" is float64',
  ],
  [
    "types of weights",
    { dtypes: { refused: ["float64"] } },
    { weights: weights(1) },
    { weights: weights(11) },
    'the weight "w" is float64',
  ],
  [
    "the largest K of TopK",
    { top_k: { largest: 3840 } },
    topK(3840),
    topK(3841),
    'in a TopK node ("keep") K is 3841, more than 3840',
  ],
  [
    "a constant K of TopK",
    { top_k: { constant: true } },
    topK(5),
    topK(null),
    'in a TopK node ("keep") K is computed but must be a constant',
  ],
  [
    "open axes",
    { dynamic_axes: false },
    { inputs: [{ name: "x", dims: [1, 3] }] },
    {},
    "the input x has open axes",
  ],
  [
    "weights outside",
    { external_data: false },
    { weights: weights(1) },
    {
      weights: {
        w: { dims: [1], values: [], external: { location: "w.bin" } },
      },
    },
    "weights are in separate files",
  ],
  [
    "functions",
    { local_functions: false },
    {},
    {
      functions: [
        {
          domain: "own",
          name: "Act",
          inputs: ["a"],
          outputs: ["b"],
          nodes: [{ op: "Relu", inputs: ["a"], outputs: ["b"] }],
        },
      ],
    },
    "the graph defines functions (Act)",
  ],
];
