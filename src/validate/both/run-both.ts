import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { withTemporaryFolder } from "../../disk/temporary-folder.ts";
import { prevented } from "../../machine-fault.ts";
import { readOnnx } from "../../onnx/read-onnx.ts";
import { plain } from "../../text/message.ts";
import type { CheckResult } from "../check-result.ts";
import { openReferences } from "../evidence/open-references.ts";
import type { Subject } from "../subject.ts";
import { freeMemory } from "../worker/memory-room.ts";
import { runSessionChecks } from "../worker/run-session-checks.ts";
import { sessionRequest } from "../worker/session-request.ts";
import { runWorker } from "../worker/start-worker.ts";
import { judgeEnd } from "../worker/worker-end.ts";
import type { WorkerContext } from "../worker/worker-process.ts";
import { goldenInputs } from "./golden-inputs.ts";
import { sharedCases, sharedOutputs, type TwoGraphs } from "./shared-cases.ts";

/** Both models as they lie on this machine. */
export interface TwoModels {
  was: Subject;
  is: Subject;
}

/** A file of inputs that both models may be run on. */
export interface InputFile {
  path: string;
  /** Whose it is, for people: "references of WAS". */
  from: string;
  isGolden: boolean;
}

/** What the second model computes beside the first, as the check of parity has it; the first is its source. */
export interface BothRan {
  from: string;
  /** References of the first model, for pictures; gone after `use`. */
  recorded: string;
  outputs: string[];
  parity: CheckResult;
}

const NOT_COMPARED = "the models could not be compared";

/**
 * Runs both models on the first of `files` whose inputs both take, each in the worker's process with its limits. `use`
 * gets what was found, or why the numbers cannot be compared. Throws `ExternalError` where the machine prevented it.
 */
export async function runBoth<T>(
  ctx: WorkerContext,
  models: TwoModels,
  files: readonly InputFile[],
  use: (found: BothRan | { why: string }) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder("model-to-edge-both-", async (scratch) => {
    // What a worker reads is read-only in its sandbox, so that inputs and outputs lie apart.
    const folders = {
      inputs: join(scratch, "inputs"),
      outputs: join(scratch, "outputs"),
    };
    await mkdir(folders.inputs);
    await mkdir(folders.outputs);

    return use(await ran(ctx, models, files, folders));
  });
}

async function ran(
  ctx: WorkerContext,
  models: TwoModels,
  files: readonly InputFile[],
  { inputs, outputs: scratch }: { inputs: string; outputs: string },
): Promise<BothRan | { why: string }> {
  const was = await readOnnx(models.was.model);
  const is = await readOnnx(models.is.model);
  const outputs = sharedOutputs({ was, is });
  if (outputs.length === 0) return { why: "no output has the same name" };

  const chosen = await choose(files, { was, is }, inputs);
  if ("why" in chosen) return chosen;

  const { path, from, cases } = chosen;
  const record = { file: "recorded.safetensors", cases, outputs };
  const subject = { ...models.was, references: path };
  const { limits, totalSeconds } = await sessionRequest(subject, was, []);
  const seen = await runWorker(
    ctx,
    { ...{ subject, checks: [], limits, scratch, lostProbes: [] }, record },
    totalSeconds * 1000,
  );
  if (seen.prevented) throw prevented(NOT_COMPARED, seen.prevented);
  if (seen.bug !== null) throw new Error(`in the worker: ${seen.bug}`);
  if (!seen.recorded) {
    const room = { limits, totalSeconds, freeBytes: freeMemory() };
    const end = judgeEnd(seen, room);
    if (end.kind === "machine") throw prevented(NOT_COMPARED, end.fault);
    return { why: `the first model: ${plain(end.finding.message.parts)}` };
  }
  if (seen.recorded.cases.length === 0)
    return { why: `the first model refuses ${seen.recorded.refused[0]}` };

  const recorded = join(scratch, record.file);
  const beside = { ...models.is, references: recorded };
  const [parity] = await runSessionChecks(
    ctx,
    await sessionRequest(beside, is, ["parity"]),
  );
  if (!parity) throw new Error("parity gives a result, or an error");
  if (!hasRun(parity))
    return { why: `the second model: ${plain(parity.message.parts)}` };

  return { from, recorded, outputs, parity };
}

/** An output that no case gave is one of a model that did not run. */
function hasRun(parity: CheckResult): boolean {
  const outputs = parity.check === "parity" ? parity.details.outputs : [];
  return (outputs ?? []).some(
    ({ kind, values }) => values > 0 || kind === "wrong",
  );
}

async function choose(
  files: readonly InputFile[],
  graphs: TwoGraphs,
  scratch: string,
): Promise<{ path: string; from: string; cases: string[] } | { why: string }> {
  let why = "neither side has references or a golden input";
  for (const [index, { path: own, from, isGolden }] of files.entries()) {
    const path = isGolden ? join(scratch, `golden-${index}.safetensors`) : own;
    if (isGolden) await goldenInputs(own, path);

    const { cases, close } = await openReferences(path);
    await close();
    const shared = sharedCases(cases, graphs);
    if ("cases" in shared) return { path, from, cases: shared.cases };
    if (index === 0) why = `${from}: ${shared.why}`;
  }

  return { why };
}
