import { expect, test } from "vitest";
import { plain } from "../../src/text/message.ts";
import { compareParameters } from "../../src/version/compare-parameters.ts";
import { parameterFacts } from "../../src/version/read-parameters.ts";

const of = (text: string) => parameterFacts(Buffer.from(text));
const WAS = of("/**:\n  ros__parameters: { score: 0.3, names: [a, b] }\n");

type Facts = ReturnType<typeof of> | undefined;

test.each<[string, Facts, string[], Facts?]>([
  ["the same", WAS, []],
  ["gone", null, ["breaking: the parameter file is gone"]],
  ["nobody looked", undefined, []],
  [
    "another value",
    of("/**:\n  ros__parameters: { score: 0.5, names: [a, b] }\n"),
    ["breaking: the parameter /**.ros__parameters.score was 0.3, is 0.5"],
  ],
  [
    "another list",
    of("/**:\n  ros__parameters: { score: 0.3, names: [a] }\n"),
    [
      'breaking: the parameter /**.ros__parameters.names was ["a","b"], is ["a"]',
    ],
  ],
  [
    "one more",
    of("/**:\n  ros__parameters: { score: 0.3, names: [a, b], top: 3 }\n"),
    ["breaking: the parameter /**.ros__parameters.top was nothing, is 3"],
  ],
  [
    "another spelling of the same type",
    of("/**:\n  ros__parameters: { score: 0.30, names: [a, b] }\n"),
    [
      "weights: the parameter file is written in another way, and has the same values",
    ],
  ],
  [
    "another type of the same value",
    of("/**:\n  ros__parameters: { score: 0.3, names: [a, b], top: 1.0 }\n"),
    [
      "breaking: the parameter /**.ros__parameters.top was an integer, is a float",
    ],
    of("/**:\n  ros__parameters: { score: 0.3, names: [a, b], top: 1 }\n"),
  ],
  [
    "no YAML",
    of("}{"),
    [
      "breaking: the parameter /**.ros__parameters.score was 0.3, is nothing",
      'breaking: the parameter /**.ros__parameters.names was ["a","b"], is nothing',
    ],
  ],
])("parameters: %s", (_, is, said, was = WAS) => {
  const found = compareParameters(was, is);
  expect(found.map(({ level, parts }) => `${level}: ${plain(parts)}`)).toEqual(
    said,
  );
});

test("a parameter file is new, and of twelve changes ten are named", () => {
  expect(compareParameters(null, WAS)).toMatchObject([{ level: "additive" }]);
  expect(compareParameters(null, null)).toEqual([]);
  const twelve = (value: number) =>
    of(
      Array.from({ length: 12 }, (_, index) => `p${index}: ${value}\n`).join(
        "",
      ),
    );
  const found = compareParameters(twelve(1), twelve(2));
  expect(found).toHaveLength(11);
  expect(plain(found.at(-1)?.parts ?? [])).toBe(
    "2 more parameters have other values",
  );
});
