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
import { type BegunWorker, beginWorker } from "./worker/begin-worker.ts";
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

  const { graph, results } = await withBegunWorker(ctx, subject, (begun) =>
    proofOf({ ...ctx, begun }, subject),
  );

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

interface Proof {
  graph: OnnxModel | Finding;
  results: CheckResult[];
}

/** All checks but the one that measures. */
async function proofOf(ctx: BegunContext, subject: Subject): Promise<Proof> {
  const results: CheckResult[] = [];
  const on = (check: CheckName) => !subject.policy.off.includes(check);
  for (const check of FOLDER_CHECKS)
    results.push(await finding(check.name, on, () => check.run(subject)));
  const graph = await readOnnx(subject.model).catch(foreseen);
  const request = await requestOf(subject, graph, on);
  const both = await together(
    ctx.signal,
    () => graphResults(subject, graph, on),
    (signal) => sessionResults({ ...ctx, signal }, request, on),
  );

  return { graph, results: [...results, ...both.flat()] };
}

/** The process of the checks, started while the graph is still read; null where models share one, or no check needs it. What kept it from starting is told who needs it. */
type BegunContext = ValidateContext & { begun: Promise<BegunWorker> | null };

async function withBegunWorker<T>(
  ctx: ValidateContext,
  subject: Subject,
  use: (begun: BegunContext["begun"]) => Promise<T>,
): Promise<T> {
  const isAsked = PROVING.some((check) => !subject.policy.off.includes(check));
  const begun = ctx.shared || !isAsked ? null : beginWorker(ctx, subject);
  // What is read meanwhile would keep it from starting.
  await begun?.catch(() => undefined);
  try {
    return await use(begun);
  } finally {
    await (await begun?.catch(() => null))?.end();
  }
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

const PROVING = SESSION_CHECKS.map(({ name }) => name).filter(
  (check) => check !== PERFORMANCE,
);

/** What the process of the checks is asked; null where it is not needed. */
async function requestOf(
  subject: Subject,
  graph: OnnxModel | Finding,
  on: (check: CheckName) => boolean,
): Promise<SessionRequest | null> {
  const asked = PROVING.filter(on);

  return isGraph(graph) && asked.length > 0
    ? sessionRequest(subject, graph, asked)
    : null;
}

async function sessionResults(
  ctx: BegunContext,
  request: SessionRequest | null,
  on: (check: CheckName) => boolean,
): Promise<CheckResult[]> {
  const ran = request ? await runAsked(ctx, request) : [];

  return PROVING.map((check) => {
    const found = ran.find((result) => result.check === check);
    if (found) return found;

    return resultOf(
      check,
      on(check) ? skipped("not run: the file cannot be read") : switchedOff(),
    );
  });
}

async function runAsked(
  { begun, ...ctx }: BegunContext,
  request: SessionRequest,
): Promise<Measured<CheckResult>[]> {
  const found = await ctx.shared?.checks(request, ctx.signal);
  if (found) return found;

  return runSessionChecks(
    begun ? { ...ctx, begun: await begun } : ctx,
    request,
  );
}

function isGraph(graph: OnnxModel | Finding): graph is OnnxModel {
  return "opsets" in graph;
}

function foreseen(error: unknown): Finding {
  if (!(error instanceof AppError) || machineFault(error)) throw error;
  return wrong(error.message);
}
