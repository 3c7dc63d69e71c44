import type { PlanEngine } from "./choose-engine.ts";

/** What is wrong with the options of an engine. */
export interface OptionProblem {
  engine: string;
  problem: string;
}

/**
 * The first problem of a model's options, by engine: of the engine that converts it, `used`, else of another. Options of
 * an engine that is not used change nothing now, but a mistake in them would wait for the day when it is. Null for none.
 */
export async function optionProblem(
  used: PlanEngine,
  engines: readonly PlanEngine[],
  options: Readonly<Record<string, Record<string, unknown>>>,
): Promise<OptionProblem | null> {
  const others = engines.filter((engine) => engine !== used);

  for (const { description, optionProblems } of [used, ...others]) {
    const { name: engine } = description;
    const [problem] = await optionProblems(options[engine] ?? {});
    if (problem) return { engine, problem };
  }

  return null;
}
