import { resolve } from "node:path";
import type { Context } from "../context.ts";
import { plain } from "../message.ts";
import { compareModels, type ModelChange } from "../version/compare-models.ts";
import { readFacts } from "../version/read-facts.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/**
 * Says what changed from one converted model to another, and how much that asks of a program that runs it. Both are
 * folders laid out like `edge/<name>/`.
 */
export async function diff(
  { cwd }: Pick<Context, "cwd">,
  io: CommandIo,
  [was, is]: readonly [string, string],
  flags: Flags,
): Promise<void> {
  const change = compareModels(
    await readFacts(resolve(cwd, was)),
    await readFacts(resolve(cwd, is)),
  );

  io.print(flags.json ? `${JSON.stringify(change, null, 2)}\n` : lines(change));
}

const ANSWER: Record<ModelChange["level"], string> = {
  breaking: "breaking: programs that run the old model must change",
  additive: "additive: programs that run the old model also run this one",
  weights: "weights: same contract, new weights",
  none: "none: the same model",
};

function lines({ level, changes }: ModelChange): string {
  const each = changes.map(
    (change) => `  ${change.level}: ${plain(change.parts)}`,
  );

  return `${[ANSWER[level], ...each].join("\n")}\n`;
}
