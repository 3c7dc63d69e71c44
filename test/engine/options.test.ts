import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  engineOptions,
  opsetOption,
  optionProblems,
} from "../../src/engine/options.ts";
import { temporaryFolder } from "../child/children.ts";
import { toyEngine } from "./toy.ts";

const SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: {
    opset_version: { type: "integer" },
    precision: { enum: ["fp32", "fp16"] },
    nms: {
      type: "object",
      additionalProperties: false,
      properties: { iou_threshold: { type: "number" } },
    },
  },
};

it.each([
  ["nothing", {}, []],
  ["what it knows", { opset_version: 11, nms: { iou_threshold: 0.5 } }, []],
  [
    "an unknown name",
    { opset: 11 },
    ['other has no option "opset": known: opset_version, precision, nms'],
  ],
  [
    "a near name",
    { opset_versoin: 11 },
    ['other has no option "opset_versoin": did you mean "opset_version"?'],
  ],
  [
    "a near name inside",
    { nms: { iou: 1 } },
    ['other.nms has no option "iou": known: iou_threshold'],
  ],
  [
    "a wrong type",
    { opset_version: "11" },
    ["other.opset_version must be a whole number"],
  ],
  [
    "another word",
    { precision: "int8" },
    ["other.precision must be equal to one of the allowed values (fp32, fp16)"],
  ],
  [
    "two problems",
    { a: 1, opset_version: 1.5 },
    [
      expect.stringContaining('"a"'),
      "other.opset_version must be a whole number",
    ],
  ],
])("with %s in the options", async (_, options, problems) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "options.json"), JSON.stringify(SCHEMA));
  expect(
    await optionProblems(
      { name: "other", folder, options: "options.json" },
      options,
    ),
  ).toEqual(problems);
});

it.each([
  ["that is required", { required: ["opset_version"] }],
  ["of any kind", { minProperties: 1 }],
  ["of one of two ways", { anyOf: [{ required: ["precision"] }] }],
  ["at all", { type: "array" }],
])("says that no option is there, and not one %s", async (_, more) => {
  const folder = temporaryFolder();
  const schema = JSON.stringify({ ...SCHEMA, ...more });
  writeFileSync(join(folder, "options.json"), schema);

  expect(
    await optionProblems(
      { name: "other", folder, options: "options.json" },
      {},
    ),
  ).not.toEqual([]);
});

it.each([
  ["opset_version", { opset_version: {} }, "other.opset_version"],
  ["target_opset", { precision: {}, target_opset: {} }, "other.target_opset"],
  ["opset", { opset: {} }, "other.opset"],
  ["no such option", { opsets: {} }, null],
])("says where the opset is set: %s", async (_, properties, option) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "options.json"), JSON.stringify({ properties }));
  expect(
    await opsetOption({ name: "other", folder, options: "options.json" }),
  ).toBe(option);
});

it("the toy engine takes its own options", async () => {
  expect(await optionProblems(await toyEngine(), { opset: 13 })).toEqual([]);
});

it("says of which type an option is, also where the schema names a definition", async () => {
  const folder = temporaryFolder();
  const properties = {
    names: { $ref: "#/$defs/names" },
    opset: { type: "integer" },
    args: { anyOf: [] },
  };
  const $defs = { names: { type: "array" } };
  writeFileSync(
    join(folder, "options.json"),
    JSON.stringify({ properties, $defs }),
  );
  expect(await engineOptions({ folder, options: "options.json" })).toEqual([
    { name: "names", type: "array" },
    { name: "opset", type: "integer" },
    { name: "args", type: "" },
  ]);
});
