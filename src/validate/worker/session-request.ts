import { stat } from "node:fs/promises";
import { availableCores } from "../../child/available-cores.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import type { CheckName } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import type { Subject } from "../subject.ts";
import { windowsOf } from "../windows/window-grid.ts";
import { limitsFor, TOTAL_SECONDS } from "./limits.ts";
import { maySideBySide } from "./may-side-by-side.ts";
import type { SessionRequest } from "./run-session-checks.ts";

/** What the worker is asked, with limits by the size of the models that it loads. */
export async function sessionRequest(
  subject: Subject,
  graph: OnnxModel,
  checks: readonly CheckName[],
): Promise<SessionRequest> {
  const own = await modelBytes(subject.model, graph);
  const beside = await sizeOf(subject.published);
  const references = await sizeOf(subject.references);

  return {
    subject,
    checks,
    limits: limitsFor(own + beside),
    totalSeconds: TOTAL_SECONDS,
    sideBySide: maySideBySide({
      ...{ checks, references, model: own },
      outputRanks: graph.outputs.map(({ shape }) => shape?.length ?? null),
      hasTexts: [...graph.inputs, ...graph.outputs].some(
        ({ dtype }) => dtype === "string",
      ),
      hasWindows: windowsOf(subject.contract) !== null,
      cores: availableCores(),
    }),
  };
}

/** In bytes; 0 where there is no file. */
async function sizeOf(path: string | null): Promise<number> {
  return path === null ? 0 : (await stat(path)).size;
}
