import { expect, test } from "vitest";
import type { ReferenceCase } from "../../../src/validate/evidence/references.ts";
import type { TensorEntry } from "../../../src/validate/evidence/safetensors.ts";
import { casesFor } from "../../../src/validate/intermediate/intermediate-cases.ts";

const entry = (dims: number[]): TensorEntry => ({
  name: "",
  dtype: "float32",
  dims,
  offset: 0,
  length: 0,
});

function made(
  name: string,
  rows: number,
  intermediate: string[],
): ReferenceCase {
  const held = () =>
    new Map(intermediate.map((tensor) => [tensor, entry([rows, 4])]));
  const none = {
    fp32: new Map(),
    fp64: new Map(),
    variants: [],
    layers: { fp32: new Map(), fp64: new Map() },
    functions: { in: new Map(), fp32: new Map(), fp64: new Map() },
    weights: { rows: new Map(), columns: new Map() },
    predict: new Map(),
    pipeline: new Map(),
    aux: new Map(),
  };
  return {
    ...none,
    name,
    kind: "random",
    inputs: new Map([["x", entry([rows, 10])]]),
    intermediate: { fp32: held(), fp64: held() },
  };
}

const names = (chosen: ReferenceCase[]) => chosen.map(({ name }) => name);

test("the two cheapest cases that have a tensor are run", () => {
  const cases = [
    made("a", 2, ["h"]),
    made("b", 1, []),
    made("c", 3, ["h"]),
    made("d", 2, ["h"]),
    made("e", 9, []),
  ];
  expect(names(casesFor(["h"], cases, 0))).toEqual(["a", "d"]);
});

test("all that have one are run where there is room", () => {
  const cases = [
    made("a", 2, ["h"]),
    made("b", 1, []),
    made("c", 3, ["h"]),
    made("d", 2, ["h"]),
    made("e", 9, []),
  ];
  expect(names(casesFor(["h"], cases, 100))).toEqual(["a", "d", "c"]);
});

test("a second case that is a large part of all is not", () => {
  expect(
    names(
      casesFor(
        ["h"],
        [made("a", 4, ["h"]), made("b", 3, ["h"]), made("c", 1, ["h"])],
        0,
      ),
    ),
  ).toEqual(["c"]);
});

test("a tensor that only a dear case has is run there all the same", () => {
  expect(
    names(casesFor(["h"], [made("a", 1, []), made("b", 8, ["h"])], 0)),
  ).toEqual(["b"]);
});
