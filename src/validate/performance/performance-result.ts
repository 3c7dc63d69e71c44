import type { OnnxModel } from "../../onnx/model.ts";
import { type Measured, skipped } from "../check.ts";
import { type CheckResult, resultOf } from "../check-result.ts";
import type { Subject } from "../subject.ts";
import { runSessionChecks } from "../worker/run-session-checks.ts";
import { sessionRequest } from "../worker/session-request.ts";
import type { WorkerContext } from "../worker/worker-process.ts";
import { hasBudget, judgePerformance } from "./judge.ts";
import type { Measurement } from "./measurement.ts";

export interface PerformanceRequest {
  /** Path of the ONNX file that is published now, to be measured beside; null where there is none, or it is the same. */
  published(): Promise<string | null>;
}

/** What is measured: the model, null where it cannot be read, and what the other checks found. */
export interface MeasuredModel {
  subject: Subject;
  graph: OnnxModel | null;
  earlier: readonly CheckResult[];
}

/** Name of the check. */
export const PERFORMANCE = "performance";

/** In a process of its own, after all other checks: what they load there would count as the model's memory. */
export async function performanceResult(
  ctx: WorkerContext,
  measured: MeasuredModel,
  request: PerformanceRequest | null,
): Promise<Measured<CheckResult>> {
  const { subject, graph } = measured;
  const why = unmeasured(measured, request);
  if (why !== null || graph === null)
    return resultOf(PERFORMANCE, skipped(why ?? NOT_LOADED));

  const published = (await request?.published()) ?? null;
  const beside = await inWorker(ctx, { ...subject, published }, graph);

  if (beside.measured || published === null) return beside;

  // Whatever the published model does to the process is no fault of this one.
  return notCompared(await inWorker(ctx, subject, graph), subject);
}

/** The budgets are judged once more: the one beside the published model is open. */
function notCompared(
  alone: Measured<CheckResult>,
  { policy }: Subject,
): Measured<CheckResult> {
  if (!alone.measured) return alone;

  const measured: Measurement = {
    ...alone.measured,
    published: {
      ...{ size_bytes: null, p50_ms: null, ratio: null },
      problem: "it ended the process that measures",
    },
  };
  const finding = judgePerformance(measured, policy.performance);

  return { ...resultOf(PERFORMANCE, finding), measured };
}

const NOT_LOADED = "not measured: the model does not load";

/** Why nothing is measured; null where it is. */
function unmeasured(
  { subject: { policy }, graph, earlier }: MeasuredModel,
  request: PerformanceRequest | null,
): string | null {
  if (policy.off.includes(PERFORMANCE))
    return "switched off by the policy in conversion.yaml";

  const loads = earlier.some(
    ({ check, status }) => check === "load" && status === "pass",
  );
  if (graph === null || !loads) return NOT_LOADED;

  if (earlier.some(({ status }) => status === "fail"))
    return "not measured: the model already failed";

  return request === null && !hasBudget(policy.performance)
    ? "not measured: use --performance"
    : null;
}

async function inWorker(
  ctx: WorkerContext,
  subject: Subject,
  graph: OnnxModel,
): Promise<Measured<CheckResult>> {
  const [result] = await runSessionChecks(
    ctx,
    await sessionRequest(subject, graph, [PERFORMANCE]),
  );
  return result ?? resultOf(PERFORMANCE, skipped("not measured"));
}
