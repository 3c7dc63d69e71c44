import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Draft } from "../store/store.ts";
import { errorPage } from "../text/docs-address.ts";

/** Its files cost time: what stood in the way may be gone another time, else the sweep removes them. */
export async function endDraft(
  ctx: Pick<Context, "log">,
  draft: Draft | null,
  staysThere: boolean,
  code: string | null = null,
): Promise<void> {
  if (!staysThere) return discardDraft(ctx, draft);
  // Of one that somebody removed, the same job finds nothing again.
  if (code === "draft-lost") return;

  ctx.log.info(
    "the draft stays in the store: the job can run again, and what was converted is not converted again",
  );
}

/** Removes a draft; what stays is not a failure, a later sweep removes it. */
export async function discardDraft(
  ctx: Pick<Context, "log">,
  draft: Draft | null,
): Promise<void> {
  try {
    await draft?.discard();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(
      `the draft could not be removed: ${error.message}`,
      errorPage(error.code),
    );
  }
}
