import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import type { Pipeline } from "../gitlab/pipeline.ts";
import type { Store } from "../store/store.ts";
import { uncommittedHint } from "../store/uncommitted-hint.ts";
import { errorPage } from "../text/docs-address.ts";
import { nearBranches } from "./near-branch.ts";

export interface MissingBranch {
  store: Store;
  settings: Settings;
  pipeline: Pipeline;
  branch: string;
}

/** A line that says why there is nothing to do, or null when the branch is there now. */
export async function missingBranch(
  ctx: Pick<Context, "log">,
  { store, settings, pipeline, branch }: MissingBranch,
): Promise<string | null> {
  const { createBranchFrom: from } = settings;
  const mode = settings.missingBranch ?? defaultMode(pipeline, settings);

  if (mode === "create") {
    await store.createBranch(branch, from);
    ctx.log.info(`created branch ${branch} from ${from} in ${store.url}`);
    return null;
  }

  const near = await nearBranches(store, branch);
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
  const message = `${store.url} has no branch ${branch}`;

  if (mode === "fail")
    throw new UsageError(`${message}${meant}`, {
      code: "branch-missing",
      hint:
        branch === from
          ? "correct `--model-branch`, or upload models to this branch"
          : `correct \`--model-branch\`, or create the branch: \`--missing-branch create\` creates it from \`${from}\`${byHand(store.url, branch, from)}`,
    });

  const skipped = `${message}: nothing to convert for this Git ref${meant}`;
  if (near.length > 0 || isDefaultBranch(pipeline))
    ctx.log.warn(skipped, errorPage("branch-missing"));

  return skipped;
}

/** The command that makes the branch; a folder store has none. */
function byHand(url: string, branch: string, from: string): string {
  return url.startsWith("lakefs://")
    ? `, and so does \`lakectl branch create ${url}/${branch} --source ${url}/${from}\``
    : "";
}

/** Most merge requests of a large repository touch no model; who names a branch means it. */
function defaultMode(
  { automatic }: Pipeline,
  { modelBranch }: Settings,
): "skip" | "fail" {
  return automatic && modelBranch === null ? "skip" : "fail";
}

/** There every model lies: a missing branch is hardly what somebody wants. */
function isDefaultBranch({ source, defaultBranch }: Pipeline): boolean {
  return source.kind === "branch" && source.git_ref === defaultBranch;
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
    ctx.log.warn(
      `${message}; they are ignored, and nothing is published`,
      errorPage("uncommitted"),
    );
    return message;
  }

  throw new UsageError(message, {
    code: "uncommitted",
    hint: `${uncommittedHint(`${store.url}/${branch}`)}. Or use \`--uncommitted ignore\` for a verdict without publication`,
  });
}
