import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { readOnnx } from "../../onnx/read-onnx.ts";
import { type Finding, skipped, unproven, wrong } from "../check.ts";
import { IN_TURN } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import { loadInThread, type StartThread } from "../runtime/model-thread.ts";
import type { Level } from "../runtime/onnx-runtime.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import type { Watch } from "../runtime/watch.ts";
import type { WorkerRequest } from "./channel.ts";
import { recordOutputs } from "./record-outputs.ts";
import { send } from "./send.ts";
import { checkSideBySide, type SideBySideWork } from "./side-by-side.ts";
import {
  sideBySideLimits,
  type WorkerControls,
  workerWatch,
} from "./worker-watch.ts";

/**
 * The worker's work: runs the checks that are asked for, one after the other or side by side, and sends what they find.
 * What the machine prevented, and a bug of ours, end the process; neither is a finding.
 */
export async function runChecks(
  request: WorkerRequest,
  controls: WorkerControls,
): Promise<void> {
  const limits = request.sideBySide
    ? sideBySideLimits(request.limits)
    : request.limits;
  const watch = workerWatch(limits, controls);
  controls.guard(limits.ownSeconds);
  send({ say: "ready" });

  try {
    const runtime = await checkAll(request, watch, controls.startThread);
    // Whoever has no other model for this process ends it now.
    send({ say: "done" });
    await runtime.close();
    // Nothing of the model runs while the next one is waited for.
    controls.guard(0);
  } catch (error) {
    watch.failed(error);
    const stack = error instanceof Error ? error.stack : undefined;
    send({ say: "bug", stack: stack ?? String(error) });
    controls.end();
  }
}

async function checkAll(
  request: WorkerRequest,
  watch: Watch,
  start: StartThread,
): Promise<Runtime> {
  const { subject, checks, scratch, lostProbes, sideBySide } = request;
  const graph = await readOnnx(subject.model);
  const bytes = await modelBytes(subject.model, graph);
  const runtime: Runtime = createRuntime({
    model: subject.model,
    references: subject.references,
    tolerance: subject.policy.tolerance,
    ...{ graph, bytes, scratch, watch, lostProbes },
    ...(sideBySide && {
      open: (model: string, level: Level) =>
        loadInThread(start, { model, level }),
    }),
  });

  const asked = IN_TURN.filter(({ name }) => checks.includes(name));
  const work: SideBySideWork = { subject, graph, runtime, checks: asked };
  if (sideBySide) await sendSideBySide(work, bytes <= LOADED_AT_ONCE);
  else {
    await sendInTurn(work, watch);
    await record(request, runtime);
  }

  return runtime;
}

async function sendInTurn(
  { subject, graph, runtime, checks }: SideBySideWork,
  watch: Watch,
): Promise<void> {
  const asFinding = findingMaker(watch);
  let loads = true;

  for (const check of checks) {
    send({ say: "check", check: check.name });
    const finding = loads
      ? await check.run(subject, graph, runtime).catch(asFinding)
      : notLoaded();
    if (check.name === "load" && finding.status === "fail") loads = false;

    send({ say: "found", check: check.name, finding });
  }
}

/** Bytes of a model that is loaded twice at the same time: while it loads, it takes its size once more. */
const LOADED_AT_ONCE = 64 << 20;

/** What it does not send, is asked for again, one check after the other. */
async function sendSideBySide(
  work: SideBySideWork,
  atOnce: boolean,
): Promise<void> {
  const { subject, graph, runtime, checks } = work;
  const cases = await runtime.references.cases().catch(() => null);
  const [first, ...others] = checks;
  if (!cases || !first) return;

  if (atOnce) runtime.session.runAhead(cases);
  const loading = await first.run(subject, graph, runtime);
  if (loading.status === "fail") return;

  if (!atOnce) runtime.session.runAhead(cases);

  const found = await checkSideBySide({ ...work, checks: others });
  if (!found) return;

  send({ say: "found", check: first.name, finding: loading });
  for (const each of found) send({ say: "found", ...each });
}

async function record(
  { record: wish, subject, scratch }: WorkerRequest,
  runtime: Runtime,
): Promise<void> {
  if (!wish || subject.references === null) return;

  const file = join(scratch, wish.file);
  const recorded = await recordOutputs(runtime, subject.references, {
    ...wish,
    file,
  });
  send({ say: "recorded", recorded });
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
