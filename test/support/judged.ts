import { decide, decisionWords } from "../../src/decision.ts";
import { plainExplanation } from "../../src/text/explanation.ts";
import type { Verdict } from "../../src/validate/verdict.ts";

/** A verdict with all that it says in one plain line, as a log has it. */
export type Judged = Verdict & { sentence: string };

/** The verdict with its plain line, decided where warnings do not fail. */
export function withSentence(verdict: Verdict): Judged {
  const decision = decide({
    found: verdict,
    failure: null,
    failOn: "fail",
    exceptions: [],
  });

  const sentence = `${verdict.name} ${decisionWords(decision)}. ${plainExplanation(verdict)}`;

  return { ...verdict, sentence };
}
