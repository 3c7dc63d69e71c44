import type { Tolerance } from "../../config/policy.ts";
import type { LayerSampling } from "../evidence/layer-sampling.ts";
import {
  elementsOf,
  type ReferenceCase,
  type References,
} from "../evidence/references.ts";
import type { Feeds } from "../evidence/tensor.ts";
import {
  graphWithSamples,
  sampledLayers,
  storedNames,
} from "../layers/graph-with-samples.ts";
import type { LayersReport } from "../layers/judge-layers.ts";
import { approximateTensors } from "../layers/tensors-behind.ts";
import type { Budget } from "../runtime/budget.ts";
import type { InsideSource } from "../runtime/inside.ts";
import { once } from "../runtime/once.ts";
import type { LoadedModel } from "../runtime/onnx-runtime.ts";
import { ortMessage } from "../runtime/ort-message.ts";
import { loading, running, watched } from "../runtime/watch.ts";
import {
  type IntermediateComparison,
  NO_INTERMEDIATE,
} from "./compare-intermediate.ts";
import { type Absent, presentNames } from "./intermediate-names.ts";
import { withOutputs } from "./open-tensors.ts";
import { runUnoptimised, type UnoptimisedRun } from "./unoptimised-run.ts";

/** The model without optimisation; its session is closed again after its runs. */
export interface Unoptimised {
  /** Loads the model, or returns where it is loaded. Rejects where ONNX Runtime refuses the model itself. */
  load(): Promise<void>;
  /** What the smallest case gives, null where there is none. */
  outputs(): Promise<Feeds | null>;
  /** Tensors inside of the graph beside those of the references, from the same runs. */
  intermediate(): Promise<IntermediateComparison>;
  /** What the layers of the graph get beside what those of the source get, from the same runs; null without references. */
  layers(): Promise<LayersReport | null>;
}

const NO_SAMPLES: ReadonlyMap<string, LayerSampling> = new Map();

export interface UnoptimisedSource extends InsideSource {
  tolerance: Tolerance;
  budget: Budget;
}

/** The model as it is loaded, where possible with inner tensors as further outputs. */
interface OpenedModel {
  loaded: LoadedModel;
  /** Inner tensors that it gives. */
  names: string[];
  /** Layers whose samples it gives. */
  layers: string[];
  absent: Absent[];
}

export function createUnoptimised(source: UnoptimisedSource): Unoptimised {
  const { references } = source;
  const opened = once(() => openWithTensors(source));
  const run = once(async () => runCases(source, await opened()));

  return {
    load: async () => {
      await opened();
    },
    outputs: async () => (await run()).smallest(),
    intermediate: async () =>
      hasInner(await references.open())
        ? (await run()).intermediate
        : NO_INTERMEDIATE,
    layers: async () =>
      hasInner(await references.open()) ? (await run()).layers : null,
  };
}

function hasInner(references: References | null): boolean {
  return (
    references !== null &&
    references.intermediate.size + references.layers.size > 0
  );
}

/** Rejects only where the model itself does not load; what else fails means that there are no inner tensors. */
async function openWithTensors({
  model,
  graph,
  scratch,
  references,
  watch,
  open,
}: UnoptimisedSource): Promise<OpenedModel> {
  // What is wrong with the references is said by the check that needs them.
  const asked = await references.open().catch(() => null);
  const { present: names, absent } = presentNames(graph, [
    ...(asked?.intermediate.keys() ?? []),
  ]);
  const layers = sampledLayers(graph, asked?.layers ?? new Map());

  const load = (file: string) =>
    watched(watch, loading("(optimisation disabled)"), () => open(file));
  let why = "";

  for (const sampled of layers.size > 0 ? [layers, NO_SAMPLES] : [NO_SAMPLES]) {
    if (names.length + sampled.size === 0) break;
    try {
      const more = graphWithSamples(sampled);
      const copy = await withOutputs(model, graph, { names, more }, scratch);
      const loaded = await load(copy ?? model);

      return { loaded, names, layers: [...sampled.keys()], absent };
    } catch (error) {
      watch.failed(error);
      why = `ONNX Runtime does not give it: ${ortMessage(error)}`;
    }
  }

  const without = names.map((name) => ({ name, why }));
  const loaded = await load(model);

  return { loaded, names: [], layers: [], absent: [...absent, ...without] };
}

async function runCases(
  { graph, references, budget, tolerance, watch }: UnoptimisedSource,
  { loaded, layers, ...intermediate }: OpenedModel,
): Promise<UnoptimisedRun> {
  const run = async ({ name }: ReferenceCase, feeds: Feeds) =>
    watched(watch, running(`case ${name}, not optimised`, feeds), () =>
      loaded.run(feeds),
    );

  try {
    return await runUnoptimised({
      references: await references.open(),
      cases: await references.cases(),
      intermediate,
      layers: {
        names: layers,
        approximate: approximateTensors(graph),
        tables: storedNames(graph),
      },
      tolerance,
      room: budget.elements,
      async run(referenceCase, isFirst) {
        const feeds = await references.feeds(referenceCase);
        if (!isFirst) budget.spend(elementsOf(feeds));

        return run(referenceCase, feeds);
      },
    });
  } finally {
    await loaded.release();
  }
}
