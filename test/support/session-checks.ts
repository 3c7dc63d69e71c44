import { join } from "node:path";
import { STRICT } from "../../src/config/policy.ts";
import type { CheckName } from "../../src/validate/checks/registry.ts";
import type { Subject } from "../../src/validate/subject.ts";
import type { WorkerLimits } from "../../src/validate/worker/limits.ts";
import {
  runSessionChecks,
  type SessionRequest,
} from "../../src/validate/worker/run-session-checks.ts";
import type { WorkerContext } from "../../src/validate/worker/worker-process.ts";
import { withPlainMessage } from "./plain-message.ts";
import { workerContext } from "./validate.ts";

const LIMITS: WorkerLimits = {
  bytes: 2 ** 31,
  loadSeconds: 20,
  runSeconds: 20,
  ownSeconds: 20,
};

/** What a worker is asked about a folder's model. */
export function sessionRequestOf(
  folder: string,
  checks: CheckName[],
  limits: Partial<WorkerLimits> = {},
): SessionRequest {
  const subject: Subject = {
    folder,
    model: join(folder, "end2end.onnx"),
    references: join(folder, "references.safetensors"),
    contract: null,
    contractProblem: null,
    published: null,
    policy: STRICT,
  };
  return {
    subject,
    checks,
    limits: { ...LIMITS, ...limits },
    totalSeconds: 60,
  };
}

/** Runs session checks in the real worker, or in another one. */
export async function runChecksOf(
  request: SessionRequest,
  context: Partial<WorkerContext> = {},
) {
  const ctx = { ...(await workerContext()), ...context };
  const results = await runSessionChecks(ctx, request);
  return results.map(withPlainMessage);
}
