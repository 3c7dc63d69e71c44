// ResNet-50 as an exporter writes it: batch norm folded into the convolutions, random weights, 102 MB.
import { testSupport } from "./test-support.mjs";

/** Blocks, inner channels and stride of the four stages. */
const STAGES = [
  [3, 64, 1],
  [4, 128, 2],
  [6, 256, 2],
  [3, 512, 2],
];
const CLASSES = 1000;

/** A tensor inside of the graph: what the classifier reads. */
export const FEATURES = "flatten.out";

/** Bytes of the ONNX file: `input` [batch, 3, 224, 224] to `output` [batch, 1000], and the features where `shown`. */
export async function resnet50(shown = false, seed = 1) {
  const [{ onnxModel }, { random }] = await Promise.all([
    testSupport("onnx-writer"),
    testSupport("random"),
  ]);
  const rng = random(seed);
  const nodes = [];
  const weights = {};

  /** He's scale; `gain` is small at the end of a block, so that the sums of 16 blocks stay of one size. */
  function weight(name, dims, gain) {
    const fanIn = dims.slice(1).reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from(
      { length: dims[0] * fanIn },
      () => rng.normal() * gain * Math.sqrt(2 / fanIn),
    );
    weights[name] = { dims, values };
    weights[`${name}.bias`] = {
      dims: [dims[0]],
      values: Float32Array.from({ length: dims[0] }, () => rng.normal() / 10),
    };
    return [name, `${name}.bias`];
  }

  function conv(name, input, [from, to], { kernel, stride, gain = 1 }) {
    const pad = kernel >> 1;
    const attributes = {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [1, 1],
      group: 1,
    };
    const inputs = [
      input,
      ...weight(`${name}.weight`, [to, from, kernel, kernel], gain),
    ];
    nodes.push({
      op: "Conv",
      name,
      inputs,
      outputs: [`${name}.out`],
      attributes,
    });
    return `${name}.out`;
  }

  function simple(op, name, inputs, attributes = {}) {
    nodes.push({ op, name, inputs, outputs: [`${name}.out`], attributes });
    return `${name}.out`;
  }

  let at = simple("Relu", "stem.relu", [
    conv("stem", "input", [3, 64], { kernel: 7, stride: 2 }),
  ]);
  at = simple("MaxPool", "stem.pool", [at], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  let channels = 64;
  for (const [stage, [blocks, inner, first]] of STAGES.entries())
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage}.${block}`;
      const stride = block === 0 ? first : 1;
      let inside = simple("Relu", `${name}.relu1`, [
        conv(`${name}.conv1`, at, [channels, inner], { kernel: 1, stride: 1 }),
      ]);
      inside = simple("Relu", `${name}.relu2`, [
        conv(`${name}.conv2`, inside, [inner, inner], { kernel: 3, stride }),
      ]);
      inside = conv(`${name}.conv3`, inside, [inner, inner * 4], {
        kernel: 1,
        stride: 1,
        gain: 0.2,
      });
      const shortcut =
        block === 0
          ? conv(`${name}.down`, at, [channels, inner * 4], {
              kernel: 1,
              stride,
            })
          : at;
      at = simple("Relu", `${name}.relu3`, [
        simple("Add", `${name}.add`, [inside, shortcut]),
      ]);
      channels = inner * 4;
    }
  at = simple(
    "Flatten",
    "flatten",
    [simple("GlobalAveragePool", "pool", [at])],
    { axis: 1 },
  );
  const gemm = [at, ...weight("classifier.weight", [CLASSES, channels], 1)];
  nodes.push({
    op: "Gemm",
    name: "classifier",
    inputs: gemm,
    outputs: ["output"],
    attributes: { transB: 1 },
  });
  return onnxModel({
    nodes,
    inputs: [{ name: "input", dims: ["batch", 3, 224, 224] }],
    outputs: [
      { name: "output", dims: ["batch", CLASSES] },
      ...(shown ? [{ name: FEATURES, dims: ["batch", channels] }] : []),
    ],
    weights,
    opset: 13,
  });
}
