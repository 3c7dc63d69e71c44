import { stat } from "node:fs/promises";
import type { OnnxModel } from "../../onnx/model.ts";
import type { CheckName } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import type { Subject } from "../subject.ts";
import { limitsFor, TOTAL_SECONDS } from "./limits.ts";
import type { SessionRequest } from "./run-session-checks.ts";

/** What the worker is asked, with limits by the size of the models that it loads. */
export async function sessionRequest(
  subject: Subject,
  graph: OnnxModel,
  checks: readonly CheckName[],
): Promise<SessionRequest> {
  const own = await modelBytes(subject.model, graph);
  const beside =
    subject.published === null ? 0 : (await stat(subject.published)).size;

  return {
    subject,
    checks,
    limits: limitsFor(own + beside),
    totalSeconds: TOTAL_SECONDS,
  };
}
