import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import type { PushEvent } from "../../gitlab/trigger-payload.ts";
import { DRAFT_PREFIX } from "../../store/draft-name.ts";
import type { Store } from "../../store/store.ts";

/** After this time a newer push has had its own pipeline, or never gets one. */
const SOON_MS = 10 * 60_000;

/**
 * Asks the store what it knows of a push. Null where its models are to be converted, else why not, in a few words.
 * Throws `UsageError` where the push is of another store, or unknown to this one.
 */
export async function pushToFollow(
  ctx: Pick<Context, "now">,
  store: Store,
  { repository, branch, commit }: PushEvent,
): Promise<string | null> {
  const { actions } = store;
  if (!actions || store.url !== `lakefs://${repository}`)
    throw new UsageError(
      `the push is of lakefs://${repository}, and this job's store is ${store.url}`,
      {
        code: "trigger-payload",
        hint: "let each repository's action name the GitLab project that converts it: `model-to-edge init --lakefs-action --store …` shows it",
      },
    );

  if (branch.startsWith(DRAFT_PREFIX))
    return `${branch} is a hidden branch of a publication`;
  if (/^fork-\d+--/.test(branch))
    return `${branch} belongs to a fork, which has pipelines of its own`;

  if ((await store.head(branch)) === null)
    return `the data branch ${branch} is gone`;

  const pushed = await actions.commit(commit);
  if (pushed === null)
    throw new UsageError(
      `the store does not know the commit ${commit} of the push`,
      {
        code: "trigger-payload",
        hint: "the trigger token may be known to others than lakeFS: revoke it in GitLab, and make a new one",
      },
    );
  if (pushed.isOurs)
    return `the commit ${commit.slice(0, 12)} is model-to-edge's own`;

  const newest = await actions.newestPush(branch);
  const age = newest && ctx.now().getTime() - newest.madeAt.getTime();
  if (newest && newest.id !== commit && age !== null && age < SOON_MS)
    return `the newer commit ${newest.id.slice(0, 12)} of ${branch} has a pipeline of its own`;

  return null;
}
