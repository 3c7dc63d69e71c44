import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { checkOf, validate } from "./validate.ts";

/** A right model: nothing fails, and each of its layers and tables is compared. */
export async function expectRight(
  folder: string,
  layers: number,
): Promise<void> {
  const { outcome, details } = await judgedLayers(folder);

  expect(outcome).not.toBe("fail");
  expect(details.layers).toMatchObject({
    ...{ known: layers, compared: layers, failing: 0 },
  });
}

/**
 * A fault that the references show by layers, tables, functions and weights alone: without them it is green. `spoil` makes the model with the
 * fault in a folder; `folder` is for two of them.
 */
export async function expectSeenByLayers(
  folder: string,
  spoil: (to: string) => void,
  says: RegExp,
): Promise<void> {
  const unseen = `${folder}-unseen`;
  for (const to of [folder, unseen]) spoil(to);
  forgetLayers(unseen);

  const found = await judgedLayers(folder);
  expect(found.outcome).toBe("fail");
  expect(found.message).toMatch(says);
  expect((await judgedLayers(unseen)).outcome).not.toBe("fail");
}

/** The check `parity`, and the outcome of all. */
export async function judgedLayers(folder: string) {
  const verdict = await validate(folder);
  return { ...checkOf(verdict, "parity"), outcome: verdict.outcome };
}

/** A copy of a converted model in which a channel of a layer is too large. `place`: of the layer among those with weights. */
export function scaleChannel(
  python: string,
  folders: readonly [string, string],
  change: { place: number; channel: number; factor: number },
): void {
  const { place, channel, factor } = change;
  changed(python, folders, ["torch/scale_channel.py", place, channel, factor]);
}

/** A copy of a converted model in which a number of a table is too large that the graph looks up. */
export function changeRow(
  python: string,
  folders: readonly [string, string],
  { row, column }: { row: number; column: number },
): void {
  changed(python, folders, ["torch/change_row.py", row, column]);
}

/** A copy of a converted model in which a function has another constant: an attribute, or the input at a place. */
export function changeFunction(
  python: string,
  folders: readonly [string, string],
  change: {
    operator: string;
    place: number;
    constant: string | number;
    value: number;
  },
): void {
  const { operator, place, constant, value } = change;
  const script = "torch/change_function.py";
  changed(python, folders, [script, operator, place, constant, value]);
}

/** A constant of an operator that is not the source's. */
export type OtherConstant = Parameters<typeof changeFunction>[2];

/** A model whose cases show a constant that is another one: as it is it is right, and red with the change. */
export async function expectSeenByCases(
  python: string,
  [from, to]: readonly [string, string],
  change: OtherConstant,
): Promise<void> {
  changeFunction(python, [from, to], change);

  const found = await judgedLayers(to);
  expect(found.outcome).toBe("fail");
  expect(found.message).toMatch(/differs in/);
}

/** A copy of a converted model in which a row (axis 0) or a column (the last axis) of a weight is multiplied. */
export function scaleLine(
  python: string,
  folders: readonly [string, string],
  change: { tensor: string; axis: 0 | -1; at: number; factor: number },
): void {
  const { tensor, axis, at, factor } = change;
  changed(python, folders, ["torch/scale_line.py", tensor, axis, at, factor]);
}

/** A copy of a converted model in which two texts of each table know of each other's place. */
export function swapTexts(
  python: string,
  folders: readonly [string, string],
): void {
  changed(python, folders, ["tensorflow/swap_texts.py"]);
}

function changed(
  python: string,
  [from, to]: readonly [string, string],
  [script, ...said]: readonly [string, ...(string | number)[]],
): void {
  mkdirSync(to);
  for (const file of ["contract.json", "references.safetensors"])
    copyFileSync(join(from, file), join(to, file));
  const files = [from, to].map((folder) => join(folder, "model.onnx"));
  execFileSync(python, [
    ...[resolve("test/fixtures", script), ...files],
    ...said.map(String),
  ]);
}

/** Takes layers, functions and weights out of a folder's references: the same bytes under metadata that names none. */
function forgetLayers(folder: string): void {
  const file = join(folder, "references.safetensors");
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = bytes.toString("utf8", 8, 8 + length);
  const without = header
    .replaceAll('"layer/', '"other/')
    .replaceAll('"function/', '"nothings/')
    .replaceAll('"weight/', '"nobody/');
  expect(without).not.toBe(header);

  writeFileSync(
    file,
    Buffer.concat([
      bytes.subarray(0, 8),
      Buffer.from(without),
      bytes.subarray(8 + length),
    ]),
  );
}
