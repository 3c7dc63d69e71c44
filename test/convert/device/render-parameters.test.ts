import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import {
  builtInTemplates,
  policyTemplates,
  templateText,
} from "../../../src/config/read-templates.ts";
import { knownFacts } from "../../../src/convert/device/parameter-facts.ts";
import { labelText } from "../../../src/convert/device/parameter-files.ts";
import { renderParameters } from "../../../src/convert/device/render-parameters.ts";

const ODD = [
  'a "quoted" one',
  "it's: here",
  "two\nlines",
  "Füßgänger 🚶",
  "no",
  "0x10",
  "- dash # and",
  "*alias &anchor !tag",
];
const CONTRACT = {
  task: "detection",
  input: { name: "image", dtype: "f32", shape: [1, 3, "h", "w"] },
  outputs: [{ name: "dets", threshold: 1 }],
  preprocess: [{ normalize: { mean: [0, 127.5], order: "rgb" } }],
  baked: { score_thr: 0, pre_topk: 300, nms_iou: 0.65 },
  classes: ["car", "bus"],
};
const at = (name: string) => `\${${name}}`;
const render = (text: string, contract: object | null = CONTRACT) =>
  renderParameters(
    { text, file: "./x.param.yaml" },
    knownFacts(contract as never, { name: "det", file: "end2end.onnx" }),
  );
const one = (name: string, contract?: object) =>
  render(`v: ${at(name)}\n`, contract);

describe("a value in a template", () => {
  it.each([
    ["model.name", 'v: "det"\n'],
    ["model.file", 'v: "end2end.onnx"\n'],
    ["contract.classes", 'v:\n  - "car"\n  - "bus"\n'],
    ["contract.classes.1", 'v: "bus"\n'],
    ["contract.classes[1]", 'v: "bus"\n'],
    ["contract.inputs[0].name", 'v: "image"\n'],
    ["contract.input.shape", 'v:\n  - 1\n  - 3\n  - "h"\n  - "w"\n'],
    ["contract.baked.pre_topk", "v: 300\n"],
    ["contract.baked.nms_iou", "v: 0.65\n"],
    ["contract.baked.score_thr", "v: 0.0\n"],
    ["contract.outputs[0].threshold", "v: 1.0\n"],
    ["contract.preprocess.0.normalize.mean", "v:\n  - 0.0\n  - 127.5\n"],
    ["contract.baked.class_agnostic:-false", "v: false\n"],
    ["contract.opset:-6.0", "v: 6.0\n"],
    ["contract.baked.pre_topk:-7", "v: 300\n"],
  ])("%s has its type", (name, text) => expect(one(name)).toBe(text));

  it("keeps every class as the text that it is, and looks through none of them", () => {
    const classes = [...ODD, at("model.file"), "${", "\u2028"];
    const text = one("contract.classes", { ...CONTRACT, classes });
    expect(parse(text)).toEqual({ v: classes });
    expect(parse(text, { version: "1.1" })).toEqual({ v: classes });
    const inside = render(
      `"${at("contract.classes.0")}/x": "a ${at("contract.classes.1")}!"`,
      {
        ...CONTRACT,
        classes,
      },
    );
    expect(parse(inside)).toEqual({ [`${ODD[0]}/x`]: `a ${ODD[1]}!` });
  });

  it("leaves all else as it is: comments, 6.0, large numbers, quotes", () => {
    const text = `# at the top\n/**:\n  a: 6.0 # six\n  b: 12345678901234567890\n  c: "yes"\n  d: yes\n\n  # of e\n  e: .inf\n`;
    expect(render(text)).toBe(text);
  });

  it.each<[string, string, RegExp]>([
    [
      "a misspelt name",
      at("contract.clases"),
      /did you mean "contract.classes"\?/,
    ],
    ["a misspelt root", at("contrakt.classes"), /did you mean "contract"\?/],
    [
      "a misspelt part with a value for its absence",
      at("contract.baked.score_thrr:-0.3"),
      /did you mean "contract.baked.score_thr"\?/,
    ],
    ["a name far from all", at("secrets"), /not known; known: contract, model/],
    ["an index behind the end", at("contract.classes[2]"), /not known/],
    ["what every object has", at("contract.constructor"), /not known/],
    ["what every list has", at("contract.classes.length"), /not known/],
    ["no name", at(""), /not known/],
    ["a brace that is never closed", "a ${model.name", /has no \}/],
    [
      "a list inside a text",
      `a ${at("contract.classes")}`,
      /cannot stand inside a text/,
    ],
    [
      "what the contract does not say",
      at("contract.baked.max_per_class"),
      /says nothing of it: .*:-VALUE/,
    ],
    [
      "a value that is no simple one",
      at("contract.opset:-[1, 2]"),
      /not a simple value/,
    ],
  ])("is refused: %s", (_, value, says) => {
    expect(() => render(`v: ${JSON.stringify(value)}`)).toThrow(says);
  });

  it("is refused in a few words, whatever its length", () => {
    const long = "x".repeat(1e5);
    for (const value of [at(long), `${at(long)} a`, `\${${long}`])
      try {
        render(`v: ${JSON.stringify(value)}`);
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message.length).toBeLessThan(500);
      }
  });

  it("is refused where two names become one, a name becomes a list, or all grow without end", () => {
    expect(() => render(`det: 1\n${at("model.name")}: 2`)).toThrow(/not YAML/);
    expect(() => render(`${at("contract.classes")}: 2`)).toThrow(
      /cannot be a list/,
    );
    const classes = Array.from(
      { length: 1000 },
      (_, index) => `class-${index}`,
    );
    const many = Array.from(
      { length: 1000 },
      (_, index) => `v${index}: ${at("contract.classes")}`,
    );
    expect(() => render(many.join("\n"), { ...CONTRACT, classes })).toThrow(
      /more than 1 MiB/,
    );
  });
});

describe("the templates of this package", () => {
  it.each([
    { contract: CONTRACT },
    { contract: { ...CONTRACT, baked: {} } },
    { contract: null },
  ])("are filled for every contract", async ({ contract }) => {
    const names = await builtInTemplates();
    expect(names).toEqual(["autoware-yolox", "plain"]);
    for (const template of Object.values(await policyTemplates(names, "")))
      expect(
        parse(render(await templateText(template), contract)),
      ).toHaveProperty("/**.ros__parameters");
  });

  it("autoware-yolox has each parameter that the node declares, with its type", async () => {
    const { "autoware-yolox": template } = await policyTemplates(
      ["autoware-yolox"],
      "",
    );
    const text = render(await templateText(template as never));
    expect(text).toContain("score_threshold: 0.0\n");
    expect(text).toContain("nms_threshold: 0.65\n");
    expect(text).toContain("clip_value: 0.0\n");
    expect(Object.keys(parse(text)["/**"].ros__parameters)).toHaveLength(16);
  });
});

test("a contract's numbers with a fraction are known by their keys", () => {
  const schema = JSON.parse(
    readFileSync("schemas/contract.schema.json", "utf8"),
  );
  const source = readFileSync("src/convert/device/parameter-node.ts", "utf8");
  const keys = numberKeys(schema, "");
  expect(keys.size).toBeGreaterThan(4);
  for (const key of keys) expect(source).toContain(`"${key}"`);
});

function numberKeys(
  node: unknown,
  name: string,
  found = new Set<string>(),
): Set<string> {
  if (typeof node !== "object" || node === null) return found;
  const { type, properties = {} } = node as {
    type?: string | string[];
    properties?: object;
  };
  if ([type].flat().includes("number")) found.add(name);
  for (const [key, value] of Object.entries(properties))
    numberKeys(value, key, found);
  for (const [key, value] of Object.entries(node))
    if (key !== "properties")
      numberKeys(value, key === "items" ? name : key, found);
  return found;
}

test("label.txt has one class a line, whatever is in it, but no line break", () => {
  expect(labelText(["a: b", '"q"', "Füß"])).toBe('a: b\n"q"\nFüß\n');
  for (const name of [
    "two\nlines",
    "\r",
    "a\u2028b",
    "a\u0085b",
    "",
    " ",
    "a\0",
  ])
    expect(() => labelText(["car", name])).toThrow(
      /^class 1, .* cannot be a line of label.txt/,
    );
});
