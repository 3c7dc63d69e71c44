import { expect, test } from "vitest";
import { plain } from "../../src/text/message.ts";
import {
  compareModels,
  type ModelFacts,
} from "../../src/version/compare-models.ts";

const CONTRACT = {
  version: 1,
  input: { name: "x", dtype: "f32", shape: [1, 3] },
  outputs: [{ name: "y", dtype: "f32", shape: [1, 2] }],
};
const BASE: ModelFacts = {
  contract: CONTRACT,
  ports: CONTRACT,
  graph: "g1",
  bytes: ["a", "b"],
};

test("a release whose facts say nothing of parameters is still compared", () => {
  const parameters = { sha256: "ab".repeat(32), values: { score: 0.3 } };
  const now = { ...BASE, parameters };
  expect(compareModels(BASE, now).level).toBe("none");
  expect(compareModels({ ...BASE, parameters: null }, now).level).toBe(
    "additive",
  );
  const other = { ...parameters, sha256: "cd".repeat(32) };
  expect(compareModels({ ...BASE, parameters: other }, now).level).toBe(
    "breaking",
  );
});

test.each<[string, Partial<ModelFacts>, string, string[]]>([
  ["nothing", {}, "none", []],
  ["weights", { bytes: ["a", "c"] }, "weights", ["same graph, new weights"]],
  [
    "the graph behind the same contract",
    { bytes: ["c", "b"], graph: "g2" },
    "weights",
    ["different graph"],
  ],
  [
    "an axis opened, and with it the graph",
    {
      bytes: ["c", "b"],
      graph: "g2",
      contract: {
        ...CONTRACT,
        input: { name: "x", dtype: "f32", shape: ["batch", 3] },
      },
    },
    "additive",
    ["x was [1,3], is [batch,3]", "different graph"],
  ],
  [
    "the contract alone",
    { contract: { ...CONTRACT, baked: { score_thr: 0.1 } } },
    "breaking",
    ["score_thr in the graph was nothing, is 0.1"],
  ],
  ["contract.json", { contract: null }, "breaking", ["contract.json is gone"]],
  [
    "contract.json, and what the graph says,",
    {
      contract: null,
      ports: { ...CONTRACT, outputs: [] },
    },
    "breaking",
    ["contract.json is gone", "output y is gone"],
  ],
])("%s changed: the gravest comes first", (_, change, level, lines) => {
  const found = compareModels(BASE, { ...BASE, ...change });

  expect(found.level).toBe(level);
  expect(found.changes.map(({ parts }) => plain(parts))).toEqual(lines);
});
