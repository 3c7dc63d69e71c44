import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { Promotion } from "../../registry/promotion.ts";
import type { LocalFile, RegistryTarget } from "../../registry/target.ts";
import { errorPage } from "../../text/docs-address.ts";

/**
 * Shows a promoted version on the registry's own pages for models, where it has some. The version is in the registry
 * already: a failure is a warning.
 */
export async function showPromoted(
  { log, signal }: Pick<Context, "log" | "signal">,
  target: RegistryTarget,
  promotion: Promotion,
  files: readonly LocalFile[],
): Promise<void> {
  const { pages } = target;
  if (!pages || promotion.status === "planned") return;

  const { name, release: number } = promotion;
  const what = `${name} ${number}`;
  try {
    const release = await target.read(promotion, number);
    if (!release) return log.warn(`${what} is gone from ${target.url}`);

    const outcome = await pages.show(release, files);
    log.info(
      outcome.status === "shown"
        ? `${what} in ${pages.name}: ${outcome.link}`
        : `${what} is not shown in ${pages.name}: ${outcome.why}`,
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    signal.throwIfAborted();

    log.warn(
      `${what} is promoted, and not (wholly) in ${pages.name}: ${error.message}; ${error.hint}`,
      errorPage(error.code),
    );
  }
}
