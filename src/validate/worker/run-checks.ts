import { writeSync } from "node:fs";
import { AppError } from "../../errors.ts";
import { readOnnx } from "../../onnx/read-onnx.ts";
import { type Finding, skipped, unproven, wrong } from "../check.ts";
import { IN_TURN } from "../checks/registry.ts";
import { modelBytes } from "../external-data.ts";
import { createRuntime } from "../runtime/runtime.ts";
import type { Watch } from "../runtime/watch.ts";
import { toLines, type WorkerMessage, type WorkerRequest } from "./channel.ts";

/** The worker's work: runs the checks that are asked for, one after the other, and sends each finding at once. */
export async function runChecks(
  { subject, checks, limits, scratch }: WorkerRequest,
  deadline: (seconds: number) => void,
): Promise<void> {
  const watch: Watch = {
    begin(step) {
      send({ say: "doing", step });
      deadline(step.kind === "load" ? limits.loadSeconds : limits.runSeconds);
    },
    end: () => deadline(0),
  };

  const graph = await readOnnx(subject.model);
  const bytes = await modelBytes(subject.model, graph);
  const runtime = createRuntime({
    model: subject.model,
    references: subject.references,
    tolerance: subject.policy.tolerance,
    ...{ graph, bytes, scratch, watch },
  });
  let loads = true;
  const asFinding = findingMaker();

  for (const check of IN_TURN.filter(({ name }) => checks.includes(name))) {
    send({ say: "check", check: check.name });
    const finding = loads
      ? await check.run(subject, graph, runtime).catch(asFinding)
      : notLoaded();
    if (check.name === "load" && finding.status === "fail") loads = false;

    send({ say: "found", check: check.name, finding });
  }

  await runtime.close();
}

function notLoaded(): Finding {
  return skipped("not run: the model does not load");
}

/**
 * What we foresaw is a finding; a bug of ours ends the worker with its stack. References that cannot be used are said
 * once, by the first check that needs them.
 */
function findingMaker(): (error: unknown) => Finding {
  let said: string | undefined;
  return (error) => {
    if (!(error instanceof AppError)) throw error;
    if (!error.code?.startsWith("references")) return wrong(error.message);
    if (error.message === said)
      return skipped("not run: the references cannot be used");

    said = error.message;

    return unproven(error.message);
  };
}

/** The pipe is full where the parent is slow; then it is tried again. */
function send(message: WorkerMessage): void {
  const bytes = Buffer.from(toLines(message));
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(3, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
