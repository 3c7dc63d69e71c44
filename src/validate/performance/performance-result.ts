import type { OnnxModel } from "../../onnx/model.ts";
import { type Measured, skipped } from "../check.ts";
import { type CheckResult, resultOf } from "../check-result.ts";
import type { Subject } from "../subject.ts";
import { runSessionChecks } from "../worker/run-session-checks.ts";
import { sessionRequest } from "../worker/session-request.ts";
import type { WorkerContext } from "../worker/worker-process.ts";
import { hasBudget } from "./judge.ts";

export interface PerformanceRequest {
  /** Path of the ONNX file that is published now, to be measured beside; null where there is none, or it is the same. */
  published(): Promise<string | null>;
}

/** Name of the check. */
export const PERFORMANCE = "performance";

/** In a process of its own, after all other checks: what they load there would count as the model's memory. */
export async function performanceResult(
  ctx: WorkerContext,
  subject: Subject,
  graph: OnnxModel | null,
  earlier: readonly CheckResult[],
  request: PerformanceRequest | null,
): Promise<Measured<CheckResult>> {
  const skip = (why: string) => resultOf(PERFORMANCE, skipped(why));
  if (subject.policy.off.includes(PERFORMANCE))
    return skip("switched off by the policy in conversion.yaml");

  if (
    graph === null ||
    !earlier.some(({ check, status }) => check === "load" && status === "pass")
  )
    return skip("not measured: the model does not load");

  if (earlier.some(({ status }) => status === "fail"))
    return skip("not measured: the model fails already");
  if (request === null && !hasBudget(subject.policy.performance))
    return skip("not measured: --performance does");

  const published = (await request?.published()) ?? null;
  const beside = await inWorker(ctx, { ...subject, published }, graph);

  // Whatever the published model does to the process is no fault of this one.
  return beside.measured || published === null
    ? beside
    : inWorker(ctx, subject, graph);
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
