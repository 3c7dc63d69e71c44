import type { ReferenceCase, References } from "../evidence/references.ts";
import { type Feeds, numbersOf, sameShape } from "../evidence/tensor.ts";
import { layoutOf } from "../parity/channels.ts";
import { compareValues } from "../parity/compare-values.ts";
import {
  createFloatAccumulator,
  type FloatAccumulator,
} from "../parity/float-accumulator.ts";
import { sampleName } from "./graph-with-samples.ts";
import { judgeLayers, type LayersReport } from "./judge-layers.ts";

/** Gathers what the layers of the graph get beside the source's, a case at a time. */
export interface LayerCollector {
  /** `given` is null where the case is not run: then it only says how noisy the source is. */
  add(referenceCase: ReferenceCase, given: Feeds | null): Promise<void>;
  /** Null where the references hold no layers. */
  result(): LayersReport | null;
}

/** Layers of a graph, by their names there. */
export interface LayersOfGraph {
  /** Of the references' layers, those whose samples the graph gives, in its order. */
  names: readonly string[];
  /** Tensors behind a kernel that approximates. */
  approximate: ReadonlySet<string>;
  /** What the graph stores: such a layer is a table. */
  tables: ReadonlySet<string>;
}

export function createLayerCollector(
  references: References,
  { names, approximate, tables }: LayersOfGraph,
): LayerCollector {
  const gathered = new Map<string, FloatAccumulator[]>();

  async function addLayer(
    name: string,
    referenceCase: ReferenceCase,
    given: Feeds | null,
  ): Promise<void> {
    const single = referenceCase.layers.fp32.get(name);
    const double = referenceCase.layers.fp64.get(name);
    const axis = references.layers.get(name)?.channelAxis ?? 0;
    if (!single || !double || !sameShape(single.dims, double.dims)) return;

    const onnx = given?.get(sampleName(name)) ?? null;
    // Another shape than the source's is another tensor: the outputs say whether that is wrong.
    if (onnx && !sameShape(onnx.dims, double.dims)) return;

    const layout = layoutOf(double.dims, axis);
    const exact = await references.read(double);
    const noisy = await references.read(single);
    const cases = gathered.get(name) ?? [];
    if (cases[0] && cases[0].channels !== layout.channels) return;

    const accumulator = createFloatAccumulator(
      "float32",
      axis,
      layout.channels,
    );
    gathered.set(name, [...cases, accumulator]);
    const floatCase = { name: referenceCase.name, onnx, exact, noisy };

    compareValues(accumulator, floatCase, layout, {
      onnx: numbersOf(onnx ?? exact),
      exact: numbersOf(exact),
      noisy: numbersOf(noisy),
    });
    // Nobody asks how far the cases lie apart: their values need not stay.
    accumulator.anchors.clear();
  }

  return {
    async add(referenceCase, given) {
      for (const name of names) await addLayer(name, referenceCase, given);
    },
    result() {
      const layers = [...gathered].map(([name, cases]) => ({
        name,
        layer: references.layers.get(name)?.layer ?? name,
        steps: references.layers.get(name)?.steps ?? [],
        isApproximate: approximate.has(name),
        isTable: tables.has(name),
        cases,
      }));
      const known = references.layers.size;

      return known > 0 ? judgeLayers(layers, known) : null;
    },
  };
}
