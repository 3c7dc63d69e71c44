import { FLAT_NAME } from "../model/find-models.ts";
import type { BranchPaths } from "../model/layout.ts";
import { type BranchState, changedPaths, modelOf } from "./branch-state.ts";

/** Three states of which the first two came from the third. */
export interface ThreeStates {
  source: BranchState;
  target: BranchState;
  base: BranchState;
}

/** Models that a branch changed since it left the target: in `model/`, `edge/` or `evidence/`. */
export function changedModels(
  { source, base }: ThreeStates,
  models: readonly string[],
  paths: BranchPaths,
): string[] {
  const changed = changedPaths(base, source);
  // One model directly in model/ owns all below it.
  if (models.includes(FLAT_NAME)) return changed.length > 0 ? [FLAT_NAME] : [];

  const names = new Set(changed.map((path) => modelOf(path, paths)));
  // A conversion.yaml for all models.
  if (
    changed.some(
      (path) =>
        path.startsWith(`${paths.model}/`) &&
        modelOf(path, paths) === FLAT_NAME,
    )
  )
    for (const name of models) names.add(name);

  names.delete(FLAT_NAME);

  return [...names].sort();
}

/**
 * Files of these models that the target changed meanwhile: stricter than a store's own idea of a conflict, for a new
 * configuration here and new weights there would merge cleanly into a model that nobody proved.
 */
export function movedPaths(
  states: ThreeStates,
  names: readonly string[],
  paths: BranchPaths,
): string[] {
  const { source, target, base } = states;
  if (names.length === 0) return [];

  const concerns = (path: string) => {
    const name = modelOf(path, paths);
    return (
      names.includes(FLAT_NAME) ||
      names.includes(name) ||
      (name === FLAT_NAME && path.startsWith(`${paths.model}/`))
    );
  };

  return changedPaths(base, target).filter(
    (path) =>
      concerns(path) && target.get(path)?.token !== source.get(path)?.token,
  );
}
