import { modelsOf, PAIRS } from "./versions.ts";
import { type KillsWorld, wantedVersions } from "./world.ts";

/** Metadata of a publication's commits, and of a landing's. */
const DRAFT = "model-to-edge.draft";
const LANDED = "model-to-edge.landed";

/** Looks at every state that any branch ever showed, and at every claim; what is wrong goes into the journal. */
export async function judgeHistory(world: KillsWorld): Promise<void> {
  await world.look();
  const shown = new Map<string, Set<string>>();
  for (const [branch, heads] of world.heads) {
    const states = new Set<string>();
    for (const head of heads) await judgeBranch(world, branch, head, states);
    shown.set(branch, states);
  }
  await judgeClaims(world, shown);
  await judgeMerges(world, shown);
}

/** From a head back; stops where another head of the branch led before. */
async function judgeBranch(
  world: KillsWorld,
  branch: string,
  head: string,
  seen: Set<string>,
): Promise<void> {
  let after: { id: string; versions: ReadonlyMap<string, number> } | null =
    null;
  for await (const { id } of world.history.statesFrom(head)) {
    const state = await world.history.state(id);
    if (!seen.has(id)) {
      for (const problem of state.problems)
        world.journal.wrong(`${branch} at ${id}: ${problem}`);
      judgePairs(world, branch, id, state.versions);
    }
    if (after) judgeOrder(world, branch, { before: state.versions, after });
    after = { id, versions: state.versions };
    if (seen.has(id)) return;
    seen.add(id);
  }
}

/** Both models of a pair change in one commit, so that both are published by one run. */
function judgePairs(
  { journal }: KillsWorld,
  branch: string,
  id: string,
  versions: ReadonlyMap<string, number>,
): void {
  for (const pair of PAIRS) {
    const [left, right] = modelsOf(pair).map((model) => versions.get(model));
    if (left !== right)
      journal.wrong(`${branch} at ${id}: ${pair} is ${left} and ${right}`);
  }
}

/** What is newer stays: no model goes away, or back to an older version. */
function judgeOrder(
  { journal }: KillsWorld,
  branch: string,
  {
    before,
    after,
  }: {
    before: ReadonlyMap<string, number>;
    after: { id: string; versions: ReadonlyMap<string, number> };
  },
): void {
  for (const [model, version] of before) {
    const next = after.versions.get(model) ?? 0;
    if (next < version)
      journal.wrong(`${branch} at ${after.id}: ${model} ${version} to ${next}`);
  }
}

async function judgeClaims(
  { claims, history, journal, removed }: KillsWorld,
  shown: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  for (const { branch, commit, models } of claims) {
    if (!shown.get(branch)?.has(commit) && !removed.has(branch))
      journal.wrong(`${branch}: the publication ${commit} is lost`);
    const state = await history.state(commit);
    for (const [model, { key, version }] of models) {
      const shows = state.versions.get(model) ?? 0;
      // Of a model that a newer run published meanwhile, that result stays.
      if (
        shows < version ||
        (shows === version && state.keys.get(model) !== key)
      )
        journal.wrong(`${branch} at ${commit}: ${model} is not that run's`);
    }
  }
}

/** One draft, or one landing, is merged once. */
async function judgeMerges(
  { history, journal }: KillsWorld,
  shown: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const merges = new Map<string, string>();
  for (const id of new Set([...shown.values()].flatMap((ids) => [...ids]))) {
    const { metadata, parents } = await history.commit(id);
    const key = metadata[DRAFT] ?? metadata[LANDED];
    if (!key || parents.length < 2) continue;

    const other = merges.get(key);
    if (other) journal.wrong(`${key} is merged by ${other} and by ${id}`);
    merges.set(key, id);
  }
}

/** After one more run of each branch: published is what lies there, and nothing is left behind. */
export async function judgeRest(
  world: KillsWorld,
  branches: readonly string[],
): Promise<void> {
  const { history, journal, main, server, repository } = world;
  for (const branch of branches) {
    const state = await history.state(await main.onBranch(branch).head());
    for (const [model, version] of await wantedVersions(world, branch)) {
      const published = state.versions.get(model);
      if (published !== version)
        journal.wrong(
          `${branch}: ${model} is ${published}, and should be ${version}`,
        );
    }
    const { results } = await server.call<{ results: unknown[] }>(
      "GET",
      `/repositories/${repository}/branches/${branch}/diff`,
    );
    if (results.length > 0)
      journal.wrong(`${branch} has ${results.length} uncommitted objects`);
  }
  const left = (await main.branches()).filter((name) =>
    name.startsWith("mte-"),
  );
  if (left.length > 0) journal.wrong(`drafts are left: ${left}`);
}
