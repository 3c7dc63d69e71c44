import type { Decision } from "../decision.ts";
import { branchPaths, placesOf } from "../model/layout.ts";
import type { Plan, PlannedModel } from "../plan/plan.ts";
import type { StoredFile } from "../store/store.ts";
import type { Verdict } from "../validate/verdict.ts";
import { type Conversion, decisionOf } from "./conversion.ts";
import type { ConvertedModel } from "./convert-model.ts";
import { unlikePlan } from "./unlike-plan.ts";

type Documents = Pick<ConvertedModel, "conversion" | "verdict">;

/**
 * What in a model's documents contradicts its plan, or one another, for people; null where they agree. A publication
 * believes them: one that lists no file, or a green without its verdict, would be published as it stands.
 */
export function contradictionIn(
  { conversion, verdict }: Documents,
  model: PlannedModel,
  plan: Plan,
): string | null {
  if (verdict !== null && verdict.name !== model.name)
    return "the verdict is that of another model";

  const found =
    conversion.status === "unchanged"
      ? (model.published?.verdict ?? null)
      : verdict;
  const { failure } = conversion;
  if (!isSame(conversion, decisionOf(model, plan, { found, failure })))
    return "whether it may ship does not follow from its verdict";

  const unlike = unlikePlan(conversion, model);
  if (unlike !== null) return unlike;
  if (verdict !== null && !isOf(verdict, conversion))
    return "the verdict answers another question";

  if (!conversion.ships || conversion.status === "unchanged") return null;
  if (!conversion.files.some(isVerdict))
    return "its verdict is not in its files";

  const wanted = plan.draft === null ? [] : filesToStage(conversion, plan);
  const staged = conversion.staged.map(line);

  return isSameSet(wanted, staged)
    ? null
    : "the files of the draft are not the ones that were checked";
}

/** Whether a file of a conversion is the verdict that is published. */
export function isVerdict({
  path,
  place,
}: Conversion["files"][number]): boolean {
  return place === "evidence" && path === "verdict.json";
}

function isSame(a: Decision, b: Decision): boolean {
  return (
    a.ships === b.ships &&
    a.why === b.why &&
    isSameSet(a.exceptions, b.exceptions)
  );
}

/** It names the question that it answers: its bytes are in the draft, where an edited conversion cannot follow. */
function isOf(verdict: Verdict, { fingerprint }: Conversion): boolean {
  const { spec, exec, verdict: asked } = verdict.fingerprint ?? {};

  return (
    spec === fingerprint?.spec &&
    exec === fingerprint?.exec &&
    asked === fingerprint?.verdict
  );
}

/** Where each file lies in the branch, its size and its hash. */
function filesToStage({ name, files }: Conversion, { store }: Plan): string[] {
  const places = placesOf(name, branchPaths(store.model_path, store.edge_path));
  return files.map(({ place, path, ...file }) =>
    line({ ...file, path: places[place] + path }),
  );
}

function line({
  path,
  sha256,
  size,
}: Pick<StoredFile, "path" | "sha256" | "size">): string {
  return `${sha256} ${size} ${path}`;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const known = new Set(a);
  return a.length === b.length && b.every((item) => known.has(item));
}
