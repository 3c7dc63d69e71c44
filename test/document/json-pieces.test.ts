import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "../../src/document/json-pieces.ts";

const joined = (data: object) => [...jsonPieces(data)].join("");

test("the pieces of an object are the text that JSON.stringify makes", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      expect(joined(data)).toBe(JSON.stringify(data, null, 2));
    }),
  );
});

test.each([
  {},
  { a: undefined },
  { a: undefined, b: [] },
  { a: [undefined, "x\ny", { b: undefined }, []], c: {} },
])("also of %j, with what JSON does not have", (data) => {
  expect(joined(data)).toBe(JSON.stringify(data, null, 2));
});

test("an array of many elements is a piece each", () => {
  const pieces = [...jsonPieces({ models: Array(1000).fill({ name: "m" }) })];
  expect(pieces.length).toBeGreaterThan(1000);
});
