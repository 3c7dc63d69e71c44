import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import type { Pipeline } from "../gitlab/pipeline.ts";
import type { Store } from "../store/store.ts";

/** A line that says why there is nothing to do, or null when the branch is there now. */
export async function missingBranch(
  ctx: Pick<Context, "log">,
  store: Store,
  settings: Settings,
  pipeline: Pipeline,
  branch: string,
): Promise<string | null> {
  const mode =
    settings.missingBranch ??
    (pipeline.automatic && settings.modelBranch === null ? "skip" : "fail");

  const from = settings.createBranchFrom;
  if (mode === "skip")
    return `${store.url} has no branch ${branch}: nothing to convert for this Git ref`;

  if (mode === "create") {
    await store.createBranch(branch, from);
    ctx.log.info(`created branch ${branch} from ${from} in ${store.url}`);
    return null;
  }

  throw new UsageError(`${store.url} has no branch ${branch}`, {
    code: "branch-missing",
    hint: `create it (lakectl branch create ${store.url}/${branch} --source ${store.url}/${from}), correct --model-branch, or use --missing-branch create`,
  });
}

/** Uncommitted objects stop the run, or withhold the publication: the reason, or null where there are none. */
export async function uncommitted(
  ctx: Pick<Context, "log">,
  store: Store,
  settings: Settings,
  branch: string,
): Promise<string | null> {
  const { inputs, elsewhere } = await store.pending(
    branch,
    `${settings.modelPath}/`,
  );
  if (inputs + elsewhere === 0) return null;

  const where = `${inputs} below ${settings.modelPath}/, ${elsewhere} elsewhere`;
  const message = `branch ${branch} of ${store.url} has uncommitted objects: ${where}`;

  if (settings.uncommitted === "ignore") {
    ctx.log.warn(`${message}; they are ignored, and nothing is published`);
    return message;
  }

  throw new UsageError(message, {
    code: "uncommitted",
    hint: `commit them (lakectl commit ${store.url}/${branch} -m "new model"), or use --uncommitted ignore for a verdict without publication`,
  });
}
