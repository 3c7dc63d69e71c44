import picomatch from "picomatch";
import { IN_MEMORY } from "../disk/shelf.ts";
import { UsageError } from "../errors.ts";
import { collectSooner } from "../heap-growth.ts";
import { findModels, neededRoles } from "../model/find-models.ts";
import { branchPaths } from "../model/layout.ts";
import { nameDraft } from "../store/draft-name.ts";
import type { Snapshot, Store } from "../store/store.ts";
import { someNames } from "../text/some-names.ts";
import type { PlanEngine } from "./choose-engine.ts";
import { nearFolder } from "./near-folder.ts";
import type { Plan } from "./plan.ts";
import { planModels } from "./plan-models.ts";
import type { PlanQuestion } from "./plan-question.ts";
import { type BranchContent, readBranch } from "./read-branch.ts";
import { inputTwins } from "./twin-notices.ts";
import { refuseEmptySelection, unmatchedEntries } from "./unmatched-names.ts";

/** Reads the branch once and decides for each model. Throws `UsageError` where the branch has no models. */
export async function makePlan(
  store: Store,
  question: PlanQuestion,
): Promise<Plan> {
  const { settings, branch, engines } = question;
  const snapshot = await store.snapshot(
    branch,
    question.at ?? question.pinned ?? undefined,
  );

  const paths = branchPaths(settings.modelPath, settings.edgePath);
  const content = await readBranch(snapshot, paths.model, engines);
  const newest = question.pinned ? await store.snapshot(branch) : snapshot;

  const found = findModels(content.models, paths.model, neededByAny(engines));
  refuseMixed(found.mixed, paths.model);
  if (found.models.length === 0)
    throw await nothingThere(snapshot, content, paths.model, {
      ...{ url: store.url, branch },
    });

  if (found.models.length > IN_MEMORY) collectSooner();

  const isSelected = selector(settings.models);
  const known = found.models.map(({ name }) => name);
  const selected = found.models.filter(({ name }) => isSelected(name));
  if (settings.models !== null && selected.length === 0)
    refuseEmptySelection(settings.models, known);

  const unmatched = question.repository
    ? unmatchedEntries(question.repository, known)
    : [];

  const { models, notices, ignored, others } = await planModels(
    { folders: selected, content, snapshot, published: newest, paths },
    question,
  );

  const present = new Set(known);
  const gone =
    settings.models === null
      ? others.filter(({ name }) => !present.has(name))
      : [];

  const mayPublish = settings.publish !== "none" && question.withheld === null;
  const draft = mayPublish
    ? nameDraft({ ...question.draft, branch, base: snapshot.id })
    : null;

  return {
    kind: "plan",
    version: 2,
    source: question.source,
    skipped: null,
    store: {
      url: store.url,
      branch,
      snapshot: snapshot.id,
      model_path: paths.model,
      edge_path: paths.edge,
    },
    draft,
    publish: settings.publish,
    withheld: settings.publish === "none" ? null : question.withheld,
    fail_on: settings.failOn,
    force: settings.force,
    gone,
    notices: [...notices, ...ignored, ...unmatched, ...inputTwins(selected)],
    models,
  };
}

function neededByAny(
  engines: readonly PlanEngine[],
): (relative: string) => boolean {
  const globs = engines.flatMap(({ description }) =>
    neededRoles(description.accepts).map(({ glob }) => glob),
  );
  return picomatch(globs);
}

function refuseMixed(mixed: readonly string[], modelPath: string): void {
  if (mixed.length > 0)
    throw new UsageError(
      `${modelPath}/ is a model itself but also contains models in ${someNames(mixed)}`,
      {
        code: "model-mixed",
        hint: `either keep one model directly in ${modelPath}/, or give each its own folder ${modelPath}/<name>/`,
      },
    );
}

/** With all models gone at once, a slip is likelier than the wish to remove every edge model. */
async function nothingThere(
  snapshot: Snapshot,
  content: BranchContent,
  modelPath: string,
  { url, branch }: { url: string; branch: string },
): Promise<UsageError> {
  const isEmpty = content.models.length === 0;
  const near = isEmpty ? await nearFolder(snapshot, modelPath) : null;
  const meant =
    near === null
      ? ""
      : `there is a folder ${near}/: rename it to ${modelPath}/, or give its name with \`--model-path ${near}\`. Otherwise `;

  return new UsageError(
    `${url} has no models on branch ${branch}: ${modelPath}/ is ${isEmpty ? "missing or empty" : "without model folders"}`,
    {
      code: "model-missing",
      hint: `${meant}upload a checkpoint and its configuration to ${modelPath}/ or ${modelPath}/<name>/ and commit them; \`--model-path\` names another folder`,
    },
  );
}

function selector(globs: string | null): (name: string) => boolean {
  if (globs === null) return () => true;
  return picomatch(globs.split(",").map((glob) => glob.trim()));
}
