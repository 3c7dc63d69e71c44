import { lstat, realpath, stat } from "node:fs/promises";
import { dirname, join, normalize, resolve } from "node:path";
import { isBelow } from "../disk/is-below.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import type { OnnxModel, OnnxTensorInfo } from "../onnx/model.ts";

/** Weights in files of their own: inside the folder, there, plain files, and long enough. */
export async function externalProblems(
  model: string,
  { initializers }: OnnxModel,
): Promise<string[]> {
  const folder = dirname(model);
  const problems = new Set(initializers.flatMap(placeProblem));

  for (const [location, end] of endsOf(initializers)) {
    const problem = await fileProblem(folder, location, end);
    if (problem) problems.add(problem);
  }

  return [...problems].slice(0, 5);
}

/** How far the weights of each file reach, in bytes, as far as their places are possible. */
function endsOf(weights: readonly OnnxTensorInfo[]): Map<string, number> {
  const ends = new Map<string, number>();

  for (const weight of weights) {
    if (!weight.external || placeProblem(weight).length > 0) continue;

    const { location, offset, length } = weight.external;
    const end = offset + (length ?? 0);
    ends.set(location, Math.max(ends.get(location) ?? 0, end));
  }

  return ends;
}

function placeProblem({ name, external }: OnnxTensorInfo): string[] {
  if (!external) return [];

  const { location, offset, length } = external;
  if (leavesFolder(location))
    return [
      `the weight "${name}" is outside the model's folder: ${location || "no file"}`,
    ];

  return isSize(offset) && (length === null || isSize(length))
    ? []
    : [`the weight "${name}" has impossible offsets in ${location}`];
}

/** Such a path would reach files that are none of the model. */
export function leavesFolder(location: string): boolean {
  const path = normalize(location);
  return (
    location === "" ||
    /^([/\\]|[A-Za-z]:)/.test(location) ||
    location.includes("\0") ||
    /^\.\.([/\\]|$)/.test(path)
  );
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

async function fileProblem(
  folder: string,
  location: string,
  end: number,
): Promise<string | null> {
  const info = await lstat(join(folder, location)).catch(nullUnlessPrevented);
  if (!info) return `the file ${location} with the weights is missing`;
  if (info.isSymbolicLink())
    return `the file ${location} with the weights is a symbolic link`;
  if (!isBelow(await realpath(join(folder, location)), await realpath(folder)))
    return `the file ${location} with the weights is outside the model's folder because of a link`;
  if (!info.isFile()) return `${location} with the weights is not a file`;

  return info.size < end
    ? `the file ${location} with the weights is truncated: ${info.size} of ${end} bytes`
    : null;
}

/** Size of the model's file and of the files that it refers to. */
export async function modelBytes(
  model: string,
  { initializers }: OnnxModel,
): Promise<number> {
  const outside = new Set(
    initializers.flatMap(({ external }) =>
      external ? [resolve(dirname(model), external.location)] : [],
    ),
  );

  const sizes = await Promise.all(
    [model, ...outside].map(
      async (path) => (await stat(path).catch(nullUnlessPrevented))?.size ?? 0,
    ),
  );

  return sizes.reduce((sum, size) => sum + size, 0);
}
