import type { Policy } from "../config/policy.ts";
import { AppError } from "../errors.ts";
import { machineFault, orPrevented } from "../machine-fault.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { type Finding, type Measured, skipped, wrong } from "./check.ts";
import { type CheckResult, resultOf } from "./check-result.ts";
import {
  type CheckName,
  FOLDER_CHECKS,
  GRAPH_CHECKS,
  SESSION_CHECKS,
} from "./checks/registry.ts";
import { findSubject } from "./find-subject.ts";
import type { Performance } from "./performance/measurement.ts";
import {
  PERFORMANCE,
  type PerformanceRequest,
  performanceResult,
} from "./performance/performance-result.ts";
import { performanceDocument } from "./performance/sentence.ts";
import type { Subject } from "./subject.ts";
import { together } from "./together.ts";
import { decideVerdict, type Verdict } from "./verdict.ts";
import {
  runSessionChecks,
  type SessionRequest,
} from "./worker/run-session-checks.ts";
import { sessionRequest } from "./worker/session-request.ts";
import type { SharedWorker } from "./worker/shared-worker.ts";
import type { WorkerContext } from "./worker/worker-process.ts";

export interface ValidateRequest {
  /** The model's name, for the verdict. */
  name: string;
  /** Laid out like `edge/<name>/`. */
  folder: string;
  /** Folder of `references.safetensors`; null looks in the folder and beside it. */
  evidence: string | null;
  policy: Policy;
  /** A command line that shows the same again. */
  reproduce: string;
  /** Where the engine's opset is set, for advice: `mmdeploy.opset`. */
  opsetOption?: string | null;
  /** Null measures only what the policy has a budget for. */
  performance: PerformanceRequest | null;
}

export interface Validation {
  verdict: Verdict;
  /** Null where nothing was measured. */
  performance: Performance | null;
}

/** `shared`: a process that other models are checked in, too; absent: each model has its own. */
export interface ValidateContext extends WorkerContext {
  shared?: SharedWorker;
}

/**
 * Runs all checks that can run, cheapest first, and decides. Throws `UsageError` where the folder holds no model,
 * `ExternalError` where ONNX Runtime does not work on this machine, or what `prevented` makes where the machine prevented
 * a check: then there is no verdict. A bad model is a verdict, not an error.
 */
export function validateFolder(
  ctx: ValidateContext,
  request: ValidateRequest,
): Promise<Validation> {
  return orPrevented("the model could not be checked", () =>
    checkFolder(ctx, request),
  );
}

async function checkFolder(
  ctx: ValidateContext,
  {
    name,
    folder,
    evidence,
    policy,
    reproduce,
    opsetOption = null,
    performance,
  }: ValidateRequest,
): Promise<Validation> {
  const subject = {
    ...(await findSubject(folder, evidence, policy)),
    opsetOption,
  };

  const results: CheckResult[] = [];
  const on = (check: CheckName) => !policy.off.includes(check);
  for (const check of FOLDER_CHECKS)
    results.push(await finding(check.name, on, () => check.run(subject)));
  const graph = await readOnnx(subject.model).catch(foreseen);
  const both = await together(
    ctx.signal,
    () => graphResults(subject, graph, on),
    (signal) => sessionResults({ ...ctx, signal }, subject, graph, on),
  );

  results.push(...both.flat());

  const { measured, ...speed } = await performanceResult(
    ctx,
    { subject, graph: isGraph(graph) ? graph : null, earlier: results },
    performance,
  );

  const verdict = decideVerdict(name, [...results, speed], policy, reproduce);

  return {
    verdict,
    performance: measured ? performanceDocument(name, measured) : null,
  };
}

async function finding(
  check: CheckName,
  on: (check: CheckName) => boolean,
  run: () => Promise<Finding>,
): Promise<CheckResult> {
  return resultOf(check, on(check) ? await run() : switchedOff());
}

function switchedOff(): Finding {
  return skipped("switched off by the policy in conversion.yaml");
}

async function graphResults(
  subject: Subject,
  graph: OnnxModel | Finding,
  on: (check: CheckName) => boolean,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of GRAPH_CHECKS)
    results.push(
      await finding(check.name, on, async () =>
        isGraph(graph) ? check.run(subject, graph) : graph,
      ),
    );

  return results;
}

async function sessionResults(
  ctx: ValidateContext,
  subject: Subject,
  graph: OnnxModel | Finding,
  on: (check: CheckName) => boolean,
): Promise<CheckResult[]> {
  const checks = SESSION_CHECKS.map(({ name }) => name).filter(
    (check) => check !== PERFORMANCE,
  );

  const asked = checks.filter(on);
  const ran =
    isGraph(graph) && asked.length > 0
      ? await runAsked(ctx, await sessionRequest(subject, graph, asked))
      : [];

  return checks.map((check) => {
    const found = ran.find((result) => result.check === check);
    if (found) return found;

    return resultOf(
      check,
      on(check) ? skipped("not run: the file cannot be read") : switchedOff(),
    );
  });
}

async function runAsked(
  ctx: ValidateContext,
  request: SessionRequest,
): Promise<Measured<CheckResult>[]> {
  const found = await ctx.shared?.checks(request, ctx.signal);
  return found ?? runSessionChecks(ctx, request);
}

function isGraph(graph: OnnxModel | Finding): graph is OnnxModel {
  return "opsets" in graph;
}

function foreseen(error: unknown): Finding {
  if (!(error instanceof AppError) || machineFault(error)) throw error;
  return wrong(error.message);
}
