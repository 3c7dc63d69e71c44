import type { Context } from "../../context.ts";
import type { Publication } from "../../publish/publication.ts";
import { type PublishRequest, publishRun } from "../../publish/publish-run.ts";
import type { Store } from "../../store/store.ts";
import { spanOf } from "../../timeline.ts";

/** Publishes, and says when and how long. */
export async function publishTimed(
  ctx: Pick<Context, "log" | "now" | "signal">,
  store: Store,
  request: PublishRequest,
): Promise<Publication> {
  const from = ctx.now();
  const publication = await publishRun(ctx, store, request);

  return { ...publication, timeline: [spanOf("publish", from, ctx.now())] };
}
