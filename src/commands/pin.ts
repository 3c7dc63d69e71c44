import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeDocument } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import { currentPipeline } from "../gitlab/current-pipeline.ts";
import { LOCK_FILE, type ModelLock } from "../plan/model-lock.ts";
import { errorPage } from "../text/docs-address.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";

/** Writes `model.lock`: with it in Git, this commit of the data branch is converted, reviewed and landed, and no other. */
export function pin(ctx: Context, io: CommandIo, flags: Flags): Promise<void> {
  return withSession(ctx, io, flags, async ({ settings, store }) => {
    const pipeline = await currentPipeline(ctx, settings.modelBranch);
    const branch = pipeline.branch ?? "";
    await store.verify();

    const commit = await store.head(branch);
    if (commit === null)
      throw new UsageError(`${store.url} has no branch ${branch}`, {
        code: "branch-missing",
        hint: "create it with `model-to-edge branch --create`, push a model to it, and pin again",
      });

    const { inputs, elsewhere } = await store.pending(
      branch,
      `${settings.modelPath}/`,
    );

    if (inputs + elsewhere > 0)
      ctx.log.warn(
        `branch ${branch} has ${inputs + elsewhere} uncommitted objects: they are not pinned`,
        errorPage("uncommitted"),
      );

    const lock: ModelLock = {
      kind: "model-lock",
      version: 1,
      store: store.url,
      branch,
      commit,
    };

    await writeDocument(join(ctx.cwd, LOCK_FILE), "model-lock", lock);
    ctx.log.info(
      `${LOCK_FILE} pins branch ${branch} at commit ${commit}; next: git add ${LOCK_FILE}, commit, push`,
    );
  });
}
