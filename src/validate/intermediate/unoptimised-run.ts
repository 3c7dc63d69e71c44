import type { Tolerance } from "../../config/policy.ts";
import {
  cheapestFirst,
  countingCases,
  elementsOf,
  type ReferenceCase,
  type References,
  smallestCase,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import type { LayersReport } from "../layers/judge-layers.ts";
import {
  createLayerCollector,
  type LayersOfGraph,
} from "../layers/layer-collector.ts";
import {
  createIntermediateCollector,
  type IntermediateComparison,
  NO_INTERMEDIATE,
} from "./compare-intermediate.ts";
import { casesFor } from "./intermediate-cases.ts";
import type { Absent } from "./intermediate-names.ts";

/** Elements of inputs up to which a case is run for the layers alone. */
const SMALL = 2 ** 14;

/** What the runs without optimisation gave. */
export interface UnoptimisedRun {
  /** Outputs of the smallest case, null where there is none; throws what its run threw. */
  smallest(): Feeds | null;
  intermediate: IntermediateComparison;
  layers: LayersReport | null;
}

export interface RunRequest {
  references: References | null;
  cases: readonly ReferenceCase[];
  /** Inner tensors that the session gives, and those that it does not. */
  intermediate: { names: readonly string[]; absent: readonly Absent[] };
  /** Those whose samples the session gives. */
  layers: LayersOfGraph;
  tolerance: Tolerance;
  /** Elements of inputs beyond which only what is needed is run. */
  room: number;
  run(referenceCase: ReferenceCase, isFirst: boolean): Promise<Feeds>;
}

/** Runs the smallest case, and those that the rule needs to judge the inner tensors; none of them is kept. */
export async function runUnoptimised({
  references,
  cases,
  intermediate,
  layers,
  tolerance,
  room,
  run,
}: RunRequest): Promise<UnoptimisedRun> {
  const small = smallestCase(cases);
  if (!references || !small)
    return {
      smallest: () => null,
      intermediate: { ...NO_INTERMEDIATE, absent: [...intermediate.absent] },
      layers: null,
    };

  const counting = countingCases({ cases: [...cases] });
  const needed = casesFor(intermediate.names, counting, room);
  const chosen = withLayers(
    [...new Set([small, ...needed])],
    counting,
    layers.names,
  );
  const collector = createIntermediateCollector(
    references,
    intermediate.names,
    counting,
    tolerance,
  );

  const inLayers = createLayerCollector(references, layers);

  let smallest = (): Feeds | null => null;
  let failed: Absent[] = [];
  const added = new Set<ReferenceCase>();

  async function add(referenceCase: ReferenceCase, given: Feeds | null) {
    const isNeeded = needed.includes(referenceCase);
    added.add(referenceCase);
    await collector.add(referenceCase, isNeeded ? given : null);
    await inLayers.add(referenceCase, given);
  }

  for (const referenceCase of cheapestFirst(chosen)) {
    const isFirst = referenceCase === small;
    const given = await run(referenceCase, isFirst).catch(
      (error: Error) => error,
    );

    if (given instanceof Error) {
      if (isFirst) smallest = () => raise(given);
      const why = `ONNX Runtime cannot run case ${referenceCase.name}`;
      failed = intermediate.names.map((name) => ({ name, why }));
      continue;
    }

    if (isFirst) smallest = () => given;
    await add(referenceCase, given);
  }

  for (const referenceCase of counting)
    if (!added.has(referenceCase)) await add(referenceCase, null);

  return {
    smallest,
    intermediate: collector.result([...intermediate.absent, ...failed]),
    layers: inLayers.result(),
  };
}

/** With each small case that holds samples of layers; if none of all these holds any, also with the cheapest one that does. */
function withLayers(
  chosen: readonly ReferenceCase[],
  cases: readonly ReferenceCase[],
  layers: readonly string[],
): ReferenceCase[] {
  const sampled = cheapestFirst(cases).filter(({ layers: { fp64 } }) =>
    layers.some((name) => fp64.has(name)),
  );
  const small = sampled.filter(({ inputs }) => elementsOf(inputs) <= SMALL);
  const all = [...new Set([...chosen, ...small])];

  return all.some((each) => sampled.includes(each))
    ? all
    : [...all, ...sampled.slice(0, 1)];
}

function raise(error: Error): never {
  throw error;
}
