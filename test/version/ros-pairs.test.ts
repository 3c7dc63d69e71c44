import { expect, test } from "vitest";
import { plain } from "../../src/text/message.ts";
import { compareModels } from "../../src/version/compare-models.ts";
import type { Json } from "../../src/version/json.ts";
import { parameterFacts } from "../../src/version/read-parameters.ts";
import { BREAKING } from "./breaking-pairs.ts";
import { BASE } from "./detector-contract.ts";
import { ADDITIVE, NONE, WEIGHTS } from "./other-pairs.ts";

const facts = (contract: Json, more = {}) => ({
  ...{ contract, ports: contract, graph: "g", bytes: ["a"], ...more },
});

test.each([
  ...BREAKING.map((row) => [...row, "breaking"] as const),
  ...ADDITIVE.map((row) => [...row, "additive"] as const),
  ...WEIGHTS.map((row) => [...row, "weights"] as const),
  ...NONE.map((row) => [...row, "none"] as const),
])("a node of the old model: %s", (_, was, is, level) => {
  const found = compareModels(facts(was), facts(is));
  const lines = found.changes.map(({ parts }) => plain(parts));

  expect({ level: found.level, lines }).toMatchObject({ level });
});

test.each([
  ["new weights", { bytes: ["b"] }, "weights"],
  ["other names of nodes", { bytes: ["b"], graph: "h" }, "weights"],
  ["the same", {}, "none"],
])("the graph behind the contract: %s", (_, more, level) => {
  expect(compareModels(facts(BASE), facts(BASE, more)).level).toBe(level);
});

const SCORES = "/**:\n  ros__parameters: {score: 0.5, top: 1.0}\n";

test.each([
  ["a value", "0.5", "0.6", "breaking"],
  ["a float became an integer", "1.0", "1", "breaking"],
  ["an integer became a float", "{score", "{old: 1, score", "breaking"],
  ["a number became a text", "1.0", "'1.0'", "breaking"],
  ["a parameter is gone", ", top: 1.0", "", "breaking"],
  ["a parameter is new", "0.5,", "0.5, low: 0.1,", "breaking"],
  ["other digits", "0.5", "0.50", "weights"],
  ["a comment", "}\n", "} # of 2026\n", "weights"],
  ["the same", "0.5", "0.5", "none"],
])("a node's parameters: %s", (_, from, to, level) => {
  const file = (said: string) => ({
    parameters: parameterFacts(Buffer.from(said)),
  });
  const found = compareModels(
    facts(BASE, file(SCORES)),
    facts(BASE, file(SCORES.replace(from, to))),
  );

  expect(found.level).toBe(level);
});
