import { type FunctionProbe, parseProbe } from "./function-probe.ts";
import { type LayerSampling, parseSampling } from "./layer-sampling.ts";
import type { IntermediateKind } from "./references.ts";
import { malformed } from "./references-fault.ts";

export const INNER_KINDS: readonly string[] = [
  "source",
  "rewritten",
] satisfies IntermediateKind[];

export function intermediateKinds(
  metadata: Record<string, string>,
): Map<string, IntermediateKind> {
  const kinds = new Map<string, IntermediateKind>();
  for (const [name, kind] of entriesBelow("inner/", metadata)) {
    if (!INNER_KINDS.includes(kind))
      throw malformed(
        `the intermediate tensor ${name} has an unknown kind: ${kind}`,
        `the metadata entry inner/${name} is one of ${INNER_KINDS.join(", ")}`,
      );
    kinds.set(name, kind as IntermediateKind);
  }

  return kinds;
}

export function layerSamplings(
  metadata: Record<string, string>,
): Map<string, LayerSampling> {
  return new Map(
    entriesBelow("layer/", metadata).map(([name, text]) => {
      const sampling = parseSampling(text);
      if (sampling) return [name, sampling];

      throw malformed(
        `the samples of the layer ${name} are of unknown places: ${text}`,
        `the metadata entry layer/${name} is {"channel_axis": 1, "rows": 2, "steps": [1, 1, 8, 8]}`,
      );
    }),
  );
}

export function functionProbes(
  metadata: Record<string, string>,
): Map<string, FunctionProbe> {
  return new Map(
    entriesBelow("function/", metadata).map(([name, text]) => {
      const probe = parseProbe(text);
      if (probe) return [name, probe];

      throw malformed(
        `the function that gives ${name} is described in an unknown way: ${text}`,
        `the metadata entry function/${name} is {"input": "x", "function": "relu6", "layer": "act", "rows": 32}`,
      );
    }),
  );
}

/** A case may be called as the prefix: then its kind is none of these. */
export function entriesBelow(
  prefix: string,
  metadata: Record<string, string>,
): [string, string][] {
  return Object.entries(metadata).flatMap(([key, value]): [string, string][] =>
    key.startsWith(prefix) && key !== `${prefix}kind`
      ? [[key.slice(prefix.length), value]]
      : [],
  );
}
