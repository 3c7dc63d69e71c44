import { stat } from "node:fs/promises";
import type { OnnxModel } from "../../onnx/model.ts";
import type { CheckName } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import type { Subject } from "../subject.ts";
import type { SessionRequest } from "./worker-process.ts";

const LIMITS = {
  loadSeconds: 60,
  runSeconds: 30,
  totalSeconds: 600,
  timesFile: 3,
  freeBytes: 2 * 2 ** 30,
};

/** What the worker is asked, with limits by the size of the models that it loads. */
export async function sessionRequest(
  subject: Subject,
  graph: OnnxModel,
  checks: readonly CheckName[],
): Promise<SessionRequest> {
  const { loadSeconds, runSeconds, totalSeconds, timesFile, freeBytes } =
    LIMITS;
  const own = await modelBytes(subject.model, graph);
  const beside =
    subject.published === null ? 0 : (await stat(subject.published)).size;
  const bytes = timesFile * (own + beside) + freeBytes;

  return {
    subject,
    checks,
    limits: { bytes, loadSeconds, runSeconds },
    totalSeconds,
  };
}
