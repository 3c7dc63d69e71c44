import type { OnnxModel } from "../../onnx/model.ts";
import type { Agreement, OwnResult } from "../agreement/agreement.ts";
import { compareOwn } from "../agreement/compare-own.ts";
import { maskRule } from "../agreement/mask-agreement.ts";
import { compareOwnValues } from "../agreement/own-values.ts";
import {
  type BehaviourDetails,
  concludeBehaviour,
} from "../behaviour/conclude-behaviour.ts";
import { type SessionCheck, skipped } from "../check.ts";
import { keepRule } from "../detection/keep-rule.ts";
import {
  cheapestFirst,
  countingCases,
  type ReferenceCase,
} from "../evidence/references.ts";
import { isFloat } from "../evidence/tensor.ts";
import { planOutputs } from "../parity/plan-outputs.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { compareWindows } from "../windows/compare-windows.ts";
import { windowsOf } from "../windows/window-grid.ts";

/**
 * The edge model does what the *unpatched* source model does. Parity compares with the model that the engine rewrote
 * for the export, whose faults are on both sides; and behind an argmax or a suppression a fault may never show.
 */
export const behaviour: SessionCheck<"behaviour", BehaviourDetails> = {
  name: "behaviour",
  title: "the unpatched source",
  question:
    "does it do what the unpatched source model does: the heads before softmax, ArgMax and NMS, and the share of equal decisions?",
  next: "Check how this part is exported, or export with different options: the export changed something before the named tensor or decision",
  canBeSwitchedOff: true,
  needs: "references",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    if (!references)
      return skipped("not run: there are no references to compare with");

    const cases = countingCases({ cases: await runtime.references.cases() });
    const { detections, sets } = planOutputs(subject, graph, cases);
    const intermediate = await runtime.unoptimised.intermediate();
    const detector = detections && {
      detections,
      keep: keepRule(subject.contract, detections.dets),
      masks: maskRule(subject.contract, detections.masks),
    };

    // That a case does not run is what parity says.
    const outputsOf = (referenceCase: ReferenceCase) =>
      runtime.session.runCase(referenceCase).catch(() => null);
    const agreement: Agreement[] = [];

    const requestOf = (own: OwnResult) => ({
      references,
      cases: affordable(cases, own, runtime),
      detector,
      outputsOf,
    });

    for (const own of ["predict", "pipeline"] as const)
      agreement.push(...(await compareOwn(own, requestOf(own))));

    const predicted = await compareOwnValues(
      requestOf("predict"),
      sets,
      subject.policy.tolerance,
    );

    const windows = await compareWindows({
      references,
      windows: windowsOf(subject.contract),
      session: runtime.session,
      tolerance: subject.policy.tolerance,
    });

    const lossy = lossOf(graph, sets);
    const leftOut = [...references.leftOut]
      .map(([name, why]) => ({ name, why }))
      .filter(({ name }) => name !== "fp64");

    return concludeBehaviour({
      intermediate,
      agreement,
      predicted,
      windows,
      leftOut,
      hidden: references.intermediate.size === 0 ? lossy : null,
      isLossy: lossy !== null,
    });
  },
};

/** Outputs that are too large to be remembered would be computed once more: then only in the cheapest case. */
function affordable(
  cases: readonly ReferenceCase[],
  own: OwnResult,
  runtime: Runtime,
): ReferenceCase[] {
  const having = cheapestFirst(cases).filter((each) => each[own].size > 0);
  const known = having.filter((each) => runtime.session.remembers(each));
  return known.length > 0 ? known : having.slice(0, 1);
}

/** Why a fault may lie behind the outputs: they lose what lies before them. Null where they show it. */
function lossOf(graph: OnnxModel, sets: ReadonlySet<string>): string | null {
  if (sets.size > 0) return AFTER_NMS;
  return graph.outputs.some(({ dtype }) => isFloat(dtype))
    ? null
    : AFTER_ARGMAX;
}

const GET =
  "an engine gives them as <case>/aux/fp32/<tensor> and <case>/aux/fp64/<tensor>";
const AFTER_NMS = `compared after NMS only: a fault in boxes that no reference keeps would not be detected; the references contain no tensors before it; ${GET}`;
const AFTER_ARGMAX = `compared after the class decision only: a fault in a class that no reference chooses would not be detected; the references contain no tensors before it; ${GET}`;
