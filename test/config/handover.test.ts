import { describe, expect, it } from "vitest";
import { parseConversionYaml } from "../../src/config/conversion-yaml.ts";
import { isPerFile, readHandover } from "../../src/config/handover-settings.ts";
import { loosenedBy, settingsOf } from "../../src/config/model-settings.ts";
import { filled } from "../../src/config/placeholders.ts";

const parsed = (entry: string) =>
  parseConversionYaml(
    `version: 1\nmodels:\n  det:\n    handover:\n      - ${entry}\n`,
    "conversion.yaml",
    ["toy"],
  );

describe("handover of conversion.yaml", () => {
  it.each([
    ["{run: [x]}", "must have required property 'name'"],
    ["{name: webato, with: {}}", 'did you mean "webauto"?'],
    ["{name: fleet}", "is not built in: known: webauto"],
    ["{name: webauto}", "needs `with: {project_id: …, package_id: …}`"],
    [
      "{name: webauto, with: {project_id: a, packge_id: b}}",
      'unknown input "packge_id": did you mean "package_id"?',
    ],
    [
      '{name: f, run: [push, "{fiel}"]}',
      'unknown placeholder "{fiel}": did you mean "{file}"?',
    ],
    ['{name: f, run: ["{file}"]}', "the program itself has no placeholders"],
    ["{name: f, run: []}", "must NOT have fewer than 1 items"],
    ["{name: f, run: push it}", "must be a list"],
    ["{name: f, run: [x], with: {a: b}}", "`with` is for a built-in tool"],
    ['{name: f, run: [x], next: "{file}"}', 'unknown placeholder "{file}"'],
    ["{name: f, run: [x], timeout: soon}", '"soon" is not a duration'],
    ['{name: f, run: [x], env: ["A=b"]}', "must match pattern"],
    ["{name: F/x, run: [x]}", "must match pattern"],
    ["{name: f, run: [x], rum: [y]}", 'did you mean "run"?'],
    [
      "{name: f, run: [x]}\n      - {name: f, run: [y]}",
      'the hand-over "f" is there twice',
    ],
  ])("refuses %s at its line", async (entry, says) => {
    const result = await parsed(entry);
    const problems = "problems" in result ? result.problems : [];
    expect(problems.map(({ message }) => message).join("\n")).toContain(says);
    for (const { line } of problems) expect([5, 6]).toContain(line);
  });

  it("fills the built-in webauto from two inputs, and counts from Git alone", async () => {
    const result = await parsed(
      "{name: webauto, with: {project_id: p, package_id: k}}",
    );
    if (!("config" in result)) throw new Error(JSON.stringify(result));
    const file = "conversion.yaml";
    const { handover } = settingsOf("det", [{ file, config: result.config }]);
    const [webauto] = handover.map(readHandover);
    if (!webauto) throw new Error("no hand-over");
    expect(isPerFile(webauto)).toBe(true);
    expect(webauto.timeoutMs).toBe(600_000);
    expect(webauto.next).toContain("New Release");
    expect(loosenedBy(result.config)).toEqual(["handover"]);
  });

  it("fills a placeholder once, and leaves other braces alone", () => {
    expect(filled('{a} {"x": {b}} {c}', { a: "{b}", b: "1" })).toBe(
      '{b} {"x": 1} {c}',
    );
  });
});
