import type { Policy } from "../config/policy.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { OnnxModel } from "../onnx/model.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { type CheckResult, type Finding, type Subject, skipped, wrong } from "./check.ts";
import { FOLDER_CHECKS, GRAPH_CHECKS, SESSION_CHECK_NAMES } from "./checks/static-checks.ts";
import { modelBytes } from "./external-data.ts";
import { findSubject } from "./find-subject.ts";
import { decideVerdict, type Verdict } from "./verdict.ts";
import { runSessionChecks } from "./worker-process.ts";

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
}

/** Changes when a check or a rule changes: published verdicts of an older one are not reused. */
export const CHECKS_VERSION = 2;

const LIMITS = { loadSeconds: 60, runSeconds: 30, totalSeconds: 600, timesFile: 3, freeBytes: 2 * 2 ** 30 };

/**
 * Runs all checks that can run, cheapest first, and decides. Throws `UsageError` where the folder holds no model,
 * `ExternalError` where ONNX Runtime does not work on this machine; a bad model is a verdict, not an error.
 */
export async function validateFolder(
  ctx: Pick<Context, "worker" | "log" | "signal" | "env" | "now">,
  { name, folder, evidence, policy, reproduce }: ValidateRequest,
): Promise<Verdict> {
  const subject = await findSubject(folder, evidence, policy);
  const results: CheckResult[] = [];
  const on = (check: string) => !policy.off.includes(check);
  for (const check of FOLDER_CHECKS) results.push(await finding(check.name, on, () => check.run(subject)));
  const graph = await readOnnx(subject.model).catch(foreseen);
  for (const check of GRAPH_CHECKS)
    results.push(await finding(check.name, on, async () => (isGraph(graph) ? check.run(subject, graph) : graph)));
  results.push(...(await sessionResults(ctx, subject, graph, on)));
  return decideVerdict(name, results, policy, reproduce);
}

async function finding(
  check: string,
  on: (check: string) => boolean,
  run: () => Promise<Finding>,
): Promise<CheckResult> {
  return { check, ...(on(check) ? await run() : skipped("switched off by the policy in conversion.yaml")) };
}

async function sessionResults(
  ctx: Pick<Context, "worker" | "log" | "signal" | "env" | "now">,
  subject: Subject,
  graph: OnnxModel | Finding,
  on: (check: string) => boolean,
): Promise<CheckResult[]> {
  const asked = isGraph(graph) ? SESSION_CHECK_NAMES.filter(on) : [];
  const limits = {
    bytes: LIMITS.timesFile * (isGraph(graph) ? await modelBytes(subject.model, graph) : 0) + LIMITS.freeBytes,
    loadSeconds: LIMITS.loadSeconds,
    runSeconds: LIMITS.runSeconds,
  };
  const ran =
    asked.length === 0
      ? []
      : await runSessionChecks(ctx, { subject, checks: asked, limits, totalSeconds: LIMITS.totalSeconds });
  return SESSION_CHECK_NAMES.map((check) => {
    const found = ran.find((result) => result.check === check);
    if (found) return found;
    const why = on(check) ? "not run: the file cannot be read" : "switched off by the policy in conversion.yaml";
    return { check, ...skipped(why) };
  });
}

function isGraph(graph: OnnxModel | Finding): graph is OnnxModel {
  return "opsets" in graph;
}

function foreseen(error: unknown): Finding {
  if (error instanceof AppError) return wrong(error.message);
  throw error;
}
