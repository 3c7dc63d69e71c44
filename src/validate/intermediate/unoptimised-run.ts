import type { InferenceSession } from "onnxruntime-node";
import type { Tolerance } from "../../config/policy.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import {
  cheapestFirst,
  countingCases,
  type ReferenceCase,
  type References,
  smallestCase,
} from "../evidence/references.ts";
import type { Feeds, Level } from "../runtime/runtime.ts";
import {
  createIntermediateCollector,
  type IntermediateComparison,
  NO_INTERMEDIATE,
} from "./compare-intermediate.ts";
import { casesFor } from "./intermediate-cases.ts";
import { type Absent, presentNames } from "./intermediate-names.ts";
import { withOutputs } from "./open-tensors.ts";

/** The model without optimisation, where possible with inner tensors as further outputs. */
export interface UnoptimisedSession {
  session: InferenceSession;
  /** Inner tensors that it gives. */
  names: string[];
  absent: Absent[];
}

export interface UnoptimisedRequest {
  model: string;
  graph: OnnxModel;
  scratch: string;
  /** Inner tensors of the references. */
  names: string[];
  open(level: Level, file: string): Promise<InferenceSession>;
  /** ONNX Runtime's message in short. */
  explain(error: unknown): string;
}

/** Rejects only where the model itself does not load; what else fails means that there are no inner tensors. */
export async function openUnoptimised({
  model,
  graph,
  scratch,
  names,
  open,
  explain,
}: UnoptimisedRequest): Promise<UnoptimisedSession> {
  const { present, absent } = presentNames(graph, names);
  const without = (why: string) => [
    ...absent,
    ...present.map((name) => ({ name, why })),
  ];
  if (present.length === 0)
    return { session: await open("disabled", model), names: [], absent };

  try {
    const copy = await withOutputs(model, graph, present, scratch);
    return {
      session: await open("disabled", copy ?? model),
      names: present,
      absent,
    };
  } catch (error) {
    const why = `ONNX Runtime does not give it: ${explain(error)}`;
    return {
      session: await open("disabled", model),
      names: [],
      absent: without(why),
    };
  }
}

/** What the runs without optimisation gave. */
export interface UnoptimisedRun {
  /** Outputs of the smallest case, null where there is none; throws what its run threw. */
  smallest(): Feeds | null;
  intermediate: IntermediateComparison;
}

export interface RunRequest {
  references: References | null;
  cases: readonly ReferenceCase[];
  intermediate: Pick<UnoptimisedSession, "names" | "absent">;
  tolerance: Tolerance;
  /** Elements of inputs beyond which only what is needed is run. */
  room: number;
  run(one: ReferenceCase, isFirst: boolean): Promise<Feeds>;
}

/** Runs the smallest case, and those that the rule needs to judge the inner tensors; none of them is kept. */
export async function runUnoptimised({
  references,
  cases,
  intermediate,
  tolerance,
  room,
  run,
}: RunRequest): Promise<UnoptimisedRun> {
  const small = smallestCase(cases);
  if (!references || !small)
    return {
      smallest: () => null,
      intermediate: { ...NO_INTERMEDIATE, absent: intermediate.absent },
    };

  const counting = countingCases({ cases: [...cases] });
  const needed = casesFor(intermediate.names, counting, room);
  const collector = createIntermediateCollector(
    references,
    intermediate.names,
    counting,
    tolerance,
  );

  let smallest = (): Feeds | null => null;
  let failed: Absent[] = [];

  for (const one of cheapestFirst([...new Set([small, ...needed])])) {
    const given = await run(one, one === small).catch((error: Error) => error);
    if (given instanceof Error) {
      if (one === small) smallest = () => raise(given);
      failed = intermediate.names.map((name) => ({
        name,
        why: `ONNX Runtime cannot run case ${one.name}`,
      }));
      continue;
    }

    if (one === small) smallest = () => given;
    if (needed.includes(one)) await collector.add(one, given);
  }

  for (const one of counting)
    if (!needed.includes(one)) await collector.add(one, null);

  return {
    smallest,
    intermediate: collector.result([...intermediate.absent, ...failed]),
  };
}

function raise(error: Error): never {
  throw error;
}
