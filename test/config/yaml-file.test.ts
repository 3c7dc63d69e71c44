import { describe, expect, it } from "vitest";
import { parseConversionYaml } from "../../src/config/conversion-yaml.ts";
import { readYaml } from "../../src/config/yaml-file.ts";
import { warningsOf } from "../support/warnings.ts";

const bomb = `a: &a [x, x]\n${["b", "c", "d", "e"]
  .map((name, index) => {
    const before = ["a", "b", "c", "d"][index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`;
  })
  .join("\n")}\n`;

describe("a YAML file", () => {
  it.each([
    ["a pattern without quotes", "a:\n  samples: *.jpg\n", 2, 12, '"*.jpg"'],
    ["two of them", "a: [*.png, *x]\n", 1, 5, '"*.png"'],
    ["a repeated key", "a: 1\na: 2\n", 2, 1, "unique"],
    ["brackets without end", `a: ${"[".repeat(20_000)}`, 1, null, "nested"],
    ["dashes without end", "- ".repeat(20_000), 1, null, "nested"],
    ["an alias bomb", bomb, 1, 1, "alias"],
  ])(
    "that holds %s is a problem at its place",
    (_, text, line, column, words) => {
      const result = readYaml(text, "conversion.yaml");
      expect(result).toHaveProperty("problems");

      const [problem] = "problems" in result ? result.problems : [];
      expect(problem).toMatchObject({
        file: "conversion.yaml",
        line,
        column: column ?? expect.any(Number),
      });
      expect(problem?.message).toContain(words);
    },
  );

  it("may use an anchor that it has", () => {
    expect(readYaml("a: &x {b: 1}\nc: *x\n", "f")).toMatchObject({
      data: { a: { b: 1 }, c: { b: 1 } },
    });
  });

  it("prints no warning past the log where a key is a list", async () => {
    const read = () => readYaml("? [a, b]\n: 1\n", "f");
    expect(await warningsOf(read)).toEqual([]);
  });

  it("is refused by the configuration with the same words", async () => {
    const text = "version: 1\nmodels:\n  det:\n    samples: *.jpg\n";
    expect(await parseConversionYaml(text, "c.yaml", [])).toMatchObject({
      problems: [{ line: 4, column: 14 }],
    });
  });
});
