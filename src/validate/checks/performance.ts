import { type SessionCheck, skipped } from "../check.ts";
import { feedsOf } from "../evidence/feeds.ts";
import { countingCases, smallestCase } from "../evidence/references.ts";
import { modelBytes } from "../external-data.ts";
import { judgePerformance } from "../performance/judge.ts";
import { measure } from "../performance/measure.ts";

/**
 * How fast the model is on this machine. It is the first to load a model in its process, so that memory is the model's
 * own; one thread, as the machine is shared.
 */
export const performanceCheck: SessionCheck<"performance"> = {
  name: "performance",
  title: "size, time, memory",
  question: "is it within the configured budgets for size, time and memory?",
  next: "Make the model smaller or faster, or change the budget in conversion.yaml",
  canBeSwitchedOff: true,
  needs: "inputs",
  async run(subject, graph, runtime) {
    const references = await runtime.references.open();
    const cases = references ? countingCases(references) : [];
    // Real cases come first; one that was resized to be cheap is not a picture that a device gets.
    const measuredCase =
      cases.find(({ kind }) => kind === "real") ?? smallestCase(cases);
    if (!references || !measuredCase)
      return skipped("not measured: the references have no inputs to run");

    const measured = await measure(runtime, subject, {
      name: measuredCase.name,
      feeds: await feedsOf(references, measuredCase),
      bytes: await modelBytes(subject.model, graph),
    });

    return {
      ...judgePerformance(measured, subject.policy.performance),
      measured,
    };
  },
};
