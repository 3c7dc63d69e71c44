import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { References } from "../evidence/references.ts";
import { type Feeds, sameShape, sizeOf } from "../evidence/tensor.ts";
import { type InsideSource, withLoaded } from "../runtime/inside.ts";
import { once } from "../runtime/once.ts";
import { type FunctionPlace, functionPlaces } from "./function-places.ts";
import { functionsModel, givenName } from "./functions-model.ts";
import {
  type FunctionsReport,
  type GatheredFunction,
  judgeFunctions,
} from "./judge-functions.ts";

/** The functions inside of the graph, each by itself. */
export interface Functions {
  /** Null where the references hold none. */
  compare(): Promise<FunctionsReport | null>;
}

export function createFunctions(source: InsideSource): Functions {
  return { compare: once(() => compare(source)) };
}

async function compare(source: InsideSource): Promise<FunctionsReport | null> {
  const references = await source.references.open();
  if (references === null || references.functions.size === 0) return null;

  const asked: Asked[] = [];
  for (const place of functionPlaces(source.graph, references.functions)) {
    const found = await askedOf(references, place);
    if (found) asked.push(found);
  }
  const given = await run(source, asked);
  const gathered = asked.flatMap(({ place, ...each }) => {
    const onnx = given.get(place.output);
    // A constant with more axes gives them to the result.
    return onnx && sizeOf(onnx.dims) === sizeOf(each.exact.dims)
      ? [{ ...each, onnx }]
      : [];
  });

  return judgeFunctions(gathered, references.functions.size);
}

type Asked = Omit<GatheredFunction, "onnx"> & { place: FunctionPlace };

/** What the references hold of a function; null where they lack something, or shapes do not fit. */
async function askedOf(
  { cases, functions, read }: References,
  place: FunctionPlace,
): Promise<Asked | null> {
  const name = place.output;
  const probe = functions.get(name);
  const from = cases.find((each) => each.functions.in.has(name));
  const given = from?.functions.in.get(name);
  const noisy = from?.functions.fp32.get(name);
  const exact = from?.functions.fp64.get(name);
  if (!probe || !from || !given || !noisy || !exact) return null;
  if (!sameShape(given.dims, exact.dims)) return null;
  if (!sameShape(noisy.dims, exact.dims)) return null;

  return {
    ...{ place, name, probe, case: from.name },
    given: await read(given),
    noisy: await read(noisy),
    exact: await read(exact),
  };
}

/** All at once; where ONNX Runtime refuses that, one after the other, without those that it refuses. */
async function run(
  source: InsideSource,
  asked: readonly Asked[],
): Promise<Feeds> {
  if (asked.length === 0) return new Map();
  try {
    return await runOnce(source, asked);
  } catch (error) {
    source.watch.failed(error);
    if (asked.length === 1) return new Map();
  }

  const found: [string, Feeds][] = [];
  for (const each of asked) found.push([each.name, await run(source, [each])]);

  return new Map(found.flatMap(([, feeds]) => [...feeds]));
}

async function runOnce(
  source: InsideSource,
  asked: readonly Asked[],
): Promise<Feeds> {
  const { model, scratch } = source;
  const file = join(scratch, `functions-${basename(model)}`);
  const places = asked.map(({ place }) => place);
  await writeFile(file, await functionsModel(model, places));

  const feeds = new Map(
    asked.map(({ place, given }) => [givenName(place), given]),
  );
  const what = "functions of the graph by themselves";

  return withLoaded(source, { file, what }, (run) => run(what, feeds));
}
