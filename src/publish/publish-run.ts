import type { Context } from "../context.ts";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Plan } from "../plan/plan.ts";
import type { Store } from "../store/store.ts";
import { commitMessage, commitMetadata } from "./commit-text.ts";
import { composeChange } from "./compose-change.ts";
import { makeManifest } from "./make-manifest.ts";
import type { Publication } from "./publication.ts";
import { withheldReason } from "./withheld.ts";

/** Makes the draft `edge/` in one atomic step, or says why not. The draft is gone afterwards in any case. */
export async function publishRun(
  ctx: Pick<Context, "log">,
  store: Store,
  plan: Plan,
  models: readonly ConvertedModel[],
): Promise<Publication> {
  if (plan.publish === "none")
    return publication("none", { reason: "publish is none" });
  if (plan.skipped !== null)
    return publication("none", { reason: plan.skipped });

  const reason = withheldReason(plan, models);
  const draft = plan.draft && store.draft(plan.draft);

  if (reason !== null || !draft) {
    await draft?.discard();
    ctx.log.info(`nothing is published: ${reason}`);
    return publication("withheld", { reason });
  }

  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);
  const manifests = models
    .filter(
      ({ conversion }) =>
        ["converted", "rechecked"].includes(conversion.status) &&
        conversion.ships,
    )
    .flatMap(({ conversion, verdict }) =>
      verdict ? [makeManifest(conversion, verdict)] : [],
    )
    .map((manifest) => ({
      manifest,
      path: placesOf(manifest.name, paths).manifest,
    }));

  const gone = plan.gone.map((manifest) => ({
    manifest,
    path: placesOf(manifest.name, paths).manifest,
  }));

  if (manifests.length === 0 && gone.length === 0) {
    await draft.discard();
    ctx.log.info("nothing new to publish");

    return publication("unchanged", {
      commit: plan.store.snapshot,
      url: store.link(plan.store.snapshot, `${paths.edge}/`),
      fetch: store.fetchCommand(plan.store.snapshot, `${paths.edge}/`),
    });
  }

  const compose = composeChange({ manifests, gone });
  const pointers = [...manifests, ...gone].map(({ path }) => path);

  try {
    const outcome = await draft.publish(pointers, compose, {
      input: plan.store.snapshot,
      prefixes: [`${paths.edge}/`, `${paths.evidence}/`],
      message: commitMessage(
        manifests.map(({ manifest }) => manifest),
        gone.map(({ manifest }) => manifest),
      ),
      metadata: commitMetadata(plan),
    });

    if (outcome.status !== "published" && outcome.status !== "unchanged") {
      const kind = outcome.status === "gone" ? "input" : "external";
      const failure = {
        kind,
        code: outcome.status,
        message: outcome.message,
        hint: outcome.hint,
      } as const;

      const reason = outcome.hint
        ? `${outcome.message}; next: ${outcome.hint}`
        : outcome.message;

      ctx.log.error(`nothing is published: ${reason}`);

      return publication("withheld", { reason, failure });
    }

    ctx.log.info(
      `${outcome.status} on branch ${plan.store.branch}: commit ${outcome.commit}`,
    );

    return publication(outcome.status, {
      commit: outcome.commit,
      url: store.link(outcome.commit, `${paths.edge}/`),
      fetch: store.fetchCommand(outcome.commit, `${paths.edge}/`),
      models: manifests.map(({ manifest }) => manifest.name),
      removed: gone.map(({ manifest }) => manifest.name),
    });
  } finally {
    await draft.discard();
  }
}

function publication(
  status: Publication["status"],
  facts: Partial<Publication>,
): Publication {
  return {
    kind: "publication",
    version: 1,
    status,
    commit: null,
    url: null,
    reason: null,
    fetch: null,
    models: [],
    removed: [],
    failure: null,
    ...facts,
  };
}
