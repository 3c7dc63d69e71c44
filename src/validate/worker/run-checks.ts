import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { readOnnx } from "../../onnx/read-onnx.ts";
import { type Finding, skipped, unproven, wrong } from "../check.ts";
import { IN_TURN } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import type { Watch } from "../runtime/watch.ts";
import type { WorkerRequest } from "./channel.ts";
import { recordOutputs } from "./record-outputs.ts";
import { send } from "./send.ts";
import { type WorkerControls, workerWatch } from "./worker-watch.ts";

/**
 * The worker's work: runs the checks that are asked for, one after the other, and sends each finding at once. What the
 * machine prevented, and a bug of ours, end the process; neither is a finding.
 */
export async function runChecks(
  request: WorkerRequest,
  controls: WorkerControls,
): Promise<void> {
  const { limits } = request;
  const watch = workerWatch(limits, controls);
  controls.guard(limits.ownSeconds);
  send({ say: "ready" });

  try {
    await checkAll(request, watch);
    // Nothing of the model runs while the next one is waited for.
    controls.guard(0);
    send({ say: "done" });
  } catch (error) {
    watch.failed(error);
    const stack = error instanceof Error ? error.stack : undefined;
    send({ say: "bug", stack: stack ?? String(error) });
    controls.end();
  }
}

async function checkAll(request: WorkerRequest, watch: Watch): Promise<void> {
  const { subject, checks, scratch, lostProbes, record } = request;
  const graph = await readOnnx(subject.model);
  const bytes = await modelBytes(subject.model, graph);
  const runtime: Runtime = createRuntime({
    model: subject.model,
    references: subject.references,
    tolerance: subject.policy.tolerance,
    ...{ graph, bytes, scratch, watch, lostProbes },
  });

  const asFinding = findingMaker(watch);
  let loads = true;

  for (const check of IN_TURN.filter(({ name }) => checks.includes(name))) {
    send({ say: "check", check: check.name });
    const finding = loads
      ? await check.run(subject, graph, runtime).catch(asFinding)
      : notLoaded();
    if (check.name === "load" && finding.status === "fail") loads = false;

    send({ say: "found", check: check.name, finding });
  }

  if (record && subject.references !== null) {
    const recorded = await recordOutputs(runtime, subject.references, {
      ...record,
      file: join(scratch, record.file),
    });
    send({ say: "recorded", recorded });
  }

  await runtime.close();
}

function notLoaded(): Finding {
  return skipped("not run: the model does not load");
}

/** What we foresaw is a finding. References that cannot be used are said once, by the first check that needs them. */
function findingMaker(watch: Watch): (error: unknown) => Finding {
  let said: string | undefined;
  return (error) => {
    watch.failed(error);
    if (!(error instanceof AppError)) throw error;
    if (!error.code?.startsWith("references")) return wrong(error.message);
    if (error.message === said)
      return skipped("not run: the references cannot be used");

    said = error.message;

    return unproven(error.message);
  };
}
