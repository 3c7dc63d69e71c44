import type { Policy } from "../../src/config/policy.ts";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import type { CheckResult } from "../../src/validate/check-result.ts";
import {
  FOLDER_CHECKS,
  GRAPH_CHECKS,
  IN_TURN,
} from "../../src/validate/checks/registry.ts";
import { findSubject } from "../../src/validate/find-subject.ts";
import { createRuntime } from "../../src/validate/runtime/runtime.ts";
import type { Step } from "../../src/validate/runtime/watch.ts";
import { decideVerdict } from "../../src/validate/verdict.ts";
import { type Judged, withSentence } from "./judged.ts";

/** What a model is taken for, and where its runs are told. */
interface Here {
  /** Size: a large model leaves no room for runs that are good to have. */
  bytes?: number;
  /** Gets what each run of the model is for. */
  runs?: string[];
}

/** The checks of `validate` in this process, without the worker: for suites of hundreds of models that crash nothing. */
export async function validateHere(
  folder: string,
  policy: Policy,
  { bytes = 1, runs = [] }: Here = {},
): Promise<Judged> {
  const subject = await findSubject(folder, null, policy);
  const graph = await readOnnx(subject.model);
  const ignore = () => undefined;
  const begin = ({ kind, what }: Step) => {
    if (kind === "run") runs.push(what);
  };
  const watch = { begin, end: ignore, failed: ignore };
  const runtime = createRuntime({
    model: subject.model,
    references: subject.references,
    tolerance: policy.tolerance,
    graph,
    bytes,
    scratch: folder,
    watch,
  });
  const results: CheckResult[] = [];
  for (const check of FOLDER_CHECKS)
    results.push({ check: check.name, ...(await check.run(subject)) });
  for (const check of GRAPH_CHECKS)
    results.push({ check: check.name, ...(await check.run(subject, graph)) });
  for (const check of IN_TURN) {
    if (policy.off.includes(check.name)) continue;
    results.push({
      check: check.name,
      ...(await check.run(subject, graph, runtime)),
    });
    if (check.name === "load" && results.at(-1)?.status === "fail") break;
  }
  await runtime.close();
  return withSentence(decideVerdict("net", results, policy, ""));
}
