import { describe, expect, it } from "vitest";
import { readExactYaml } from "../../src/config/exact-yaml.ts";
import { readYaml } from "../../src/config/yaml-file.ts";

/** What `readYaml` takes as something else than its author wrote. */
const CHANGED: [what: string, text: string, line: number, column: number][] = [
  ["a merge key", "a: &x {b: 1}\nc:\n  <<: *x\n", 3, 3],
  ["a tag of somebody's own", "a: 1\nb: !env SAMPLES\n", 2, 4],
  ["a tag of GitLab's", "a: !reference [x, y]\n", 1, 4],
  ["a tag of Python's", "a: !!python/object:os.system {}\n", 1, 4],
  ["a set", "a: !!set {x, y}\n", 1, 10],
  ["a number that is not one", "a: 1\nb: .nan\n", 2, 4],
  ["an infinite number", "a: -.inf\n", 1, 4],
  ["a number beyond all numbers", "a: [1e400]\n", 1, 5],
  ["a whole number that would be rounded", "a: 9007199254740993\n", 1, 4],
  ["the same in base 16", "a: 0x20000000000001\n", 1, 4],
  ["a key that is the number 1.1", "models:\n  1.10: {}\n", 2, 3],
  ["a key that is the number 10", "0xa: {}\n", 1, 1],
  ["a key that is null", "~: {}\n", 1, 1],
  ["a key that is a list", "? [a, b]\n: 1\n", 1, 3],
  ["bytes that are not UTF-8", "a: \uFFFD*.png\n", 1, 4],
];

describe("YAML of settings", () => {
  it.each(CHANGED)(
    "with %s is a problem at its place",
    (_, text, line, column) => {
      expect(readYaml(text, "f")).toHaveProperty("data");
      expect(readExactYaml(text, "f")).toMatchObject({
        problems: [{ file: "f", line, column }],
      });
    },
  );

  it.each([
    ["a: 1\nb: 0.5\nc: 1e30\nd: -9007199254740991\ne: 0o17\n"],
    ["1: x\ntrue: y\nno: z\n2024-01-01: w\n"],
    ["'1.10': x\n'<<': y\n"],
    ["a: !!str 5\nb: &x {c: 1}\nd: *x\n"],
    ["a: '12345678901234567890'\n"],
    ["\uFEFFa: 1\r\nb: é*.png\r\n"],
  ])("takes %j, which means what it says", (text) => {
    const exact = readExactYaml(text, "f");

    expect(exact).toHaveProperty("data");
    expect(readYaml(text, "f")).toMatchObject({
      data: (exact as { data: unknown }).data,
    });
  });
});

describe("a problem of YAML's own", () => {
  it.each([
    ["a:\n\tb: 1\n", "Tabs are not allowed as indentation"],
    ["a: 1\n---\nb: 2\n", "a second document begins here"],
  ])("of %j says its place once", (text, words) => {
    const result = readYaml(text, "f");
    const [problem] = "problems" in result ? result.problems : [];

    expect(problem).toMatchObject({ line: 2, column: 1 });
    expect(problem?.message).toContain(words);
    expect(problem?.message).not.toMatch(/line \d|YAML\./);
  });
});
