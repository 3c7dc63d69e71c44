import type { Context } from "../context.ts";
import { decisionWords } from "../decision.ts";
import { errorPage } from "../text/docs-address.ts";
import { plainExplanation, sentencesOf } from "../text/explanation.ts";
import { plain } from "../text/message.ts";
import type { ConvertedModel } from "./convert-model.ts";

/** The line on one model when it is done: its failure with a hint, or its verdict. */
export function sayOutcome(
  ctx: Pick<Context, "log">,
  title: string,
  { conversion, verdict }: ConvertedModel,
): void {
  const { failure } = conversion;
  if (failure) {
    const hint = failure.hint ? `\nhint: ${failure.hint}` : "";
    ctx.log.error(
      `${title}: ${failure.message}${hint}`,
      errorPage(failure.code),
    );
  } else if (verdict) {
    const words = `${title} ${decisionWords(conversion)}`;
    if (!conversion.ships)
      ctx.log.error(`${words}. ${plainExplanation(verdict)}`);
    else if (verdict.outcome === "warn")
      ctx.log.warn(`${words}. ${plain(sentencesOf([verdict.because]))}`);
    else ctx.log.info(words);
  } else if (!conversion.ships)
    ctx.log.error(`${title} ${decisionWords(conversion)}`);
}
