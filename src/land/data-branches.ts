import type { Context } from "../context.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { type GitContext, gitLines, remoteBranches } from "../gitlab/git.ts";
import { branchPaths, isManifestPath } from "../model/layout.ts";
import { readManifest } from "../model/manifest.ts";
import type { BranchFacts, Store } from "../store/store.ts";
import { modelOf, readState } from "./branch-state.ts";

/** A Git branch and its data branch; one of them may be missing. */
export interface BranchPair {
  git: string | null;
  data: (BranchFacts & { verdict: string }) | null;
  /** The name that the data branch has, or would have. */
  name: string;
}

/** Git branches: those of `origin` as it says now, else those that this clone knows; null where there is no clone. */
export async function gitBranches(ctx: GitContext): Promise<string[] | null> {
  const remote = await remoteBranches(ctx);
  if (remote) return remote;

  const refs = await gitLines(
    ctx,
    "for-each-ref",
    "--format=%(refname)",
    "refs/heads",
    "refs/remotes/origin",
  );
  if (refs === null) return null;

  const names = refs.map((ref) =>
    ref.replace(/^refs\/(heads|remotes\/origin)\//, ""),
  );

  return [...new Set(names)].filter(
    (name) => name !== "HEAD" && !name.startsWith("refs/"),
  );
}

/** Data branches with their Git branches, and Git branches without data, by name. */
export async function pairBranches(
  store: Store,
  git: readonly string[],
  layout: { modelPath: string; edgePath: string },
): Promise<BranchPair[]> {
  const byName = new Map(git.map((name) => [mapBranchName(name), name]));
  const pairs: BranchPair[] = [];

  for await (const facts of store.branches()) {
    const verdict = await verdictOf(store, facts, layout);
    pairs.push({
      name: facts.name,
      git: byName.get(facts.name) ?? null,
      data: { ...facts, verdict },
    });
    byName.delete(facts.name);
  }

  for (const [name, branch] of byName)
    pairs.push({ name, git: branch, data: null });

  return pairs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** In a few words what the manifests say, by tokens alone: which models are covered by a green. */
async function verdictOf(
  store: Store,
  { name, head }: BranchFacts,
  layout: { modelPath: string; edgePath: string },
): Promise<string> {
  const paths = branchPaths(layout.modelPath, layout.edgePath);
  const snapshot = await store.snapshot(name, head);
  const state = await readState(snapshot, paths);
  const all = [...state.keys()];
  const counts = { green: 0, "green with a warning": 0, "changed since": 0 };
  const judged = new Set<string>();

  for (const path of all.filter((file) => isManifestPath(file, paths))) {
    const manifest = await readManifest(snapshot, path);
    if (!manifest) continue;

    judged.add(manifest.name);

    const same = manifest.inputs.every(
      (input) => state.get(input.path)?.token === input.token,
    );

    const word =
      manifest.verdict.outcome === "warn" ? "green with a warning" : "green";

    counts[same ? word : "changed since"] += 1;
  }

  const models = new Set(
    all
      .filter((path) => path.startsWith(`${paths.model}/`))
      .map((path) => modelOf(path, paths)),
  );

  const without = [...models].filter(
    (model) => !judged.has(model) && !(model === "model" && models.size > 1),
  ).length;

  const words = Object.entries(counts).filter(([, count]) => count > 0);
  const parts = [
    ...words,
    ...(without > 0 ? [["no verdict", without] as const] : []),
  ];

  return (
    parts.map(([word, count]) => `${count} ${word}`).join(", ") || "no models"
  );
}

/** Data branches whose Git branch is gone: merged and kept, or closed without a merge. */
export async function* staleBranches(
  ctx: Pick<Context, "now">,
  store: Store,
  {
    git,
    keep,
    olderThanMs,
  }: { git: readonly string[]; keep: readonly string[]; olderThanMs: number },
): AsyncGenerator<BranchFacts> {
  const wanted = new Set([...git.map((name) => mapBranchName(name)), ...keep]);
  for await (const facts of store.branches())
    if (
      !wanted.has(facts.name) &&
      ctx.now().getTime() - facts.changedAt.getTime() >= olderThanMs
    )
      yield facts;
}
