import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { errorPage } from "../text/docs-address.ts";
import { readSeconds, SECONDS_KEY } from "./last-seconds.ts";
import type { Plan } from "./plan.ts";

/**
 * The plan with the seconds that its models took when they were last converted and published, where the newest commits
 * tell. Nothing is read where fewer than two models are converted. Only an estimate: a store that does not tell is a warning.
 */
export async function withSeconds(
  ctx: Pick<Context, "log" | "signal">,
  store: Pick<Store, "records">,
  plan: Plan,
): Promise<Plan> {
  const asked = plan.models.filter(({ decision }) => decision === "convert");
  if (asked.length < 2) return plan;

  const known = await secondsOf(
    ctx,
    store.records(plan.store.snapshot),
    new Set(asked.map(({ name }) => name)),
  );

  return {
    ...plan,
    models: plan.models.map((model) => {
      const seconds = known.get(model.name);
      return seconds === undefined ? model : { ...model, seconds };
    }),
  };
}

/** Of each model the newest that is told. */
async function secondsOf(
  { log, signal }: Pick<Context, "log" | "signal">,
  records: ReturnType<Store["records"]>,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const known = new Map<string, number>();

  try {
    for await (const { metadata } of records) {
      for (const [name, seconds] of readSeconds(metadata[SECONDS_KEY]))
        if (names.has(name) && !known.has(name)) known.set(name, seconds);
      if (known.size === names.size) break;
    }
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    log.warn(
      `how long models took last is not known, so jobs are balanced by size: ${error.message}`,
      errorPage(error.code),
    );
  }

  return known;
}
