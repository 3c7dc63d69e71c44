import { rmSync } from "node:fs";
import type { LandDocument, LandedRequest } from "../../../src/land/landing.ts";
import { mergedAt, sha } from "../../land/story.ts";
import { runPipeline, STEP } from "./acts.ts";
import { drawFate, landEnv, runJob, UNHARMED } from "./jobs.ts";
import {
  type Feature,
  isFinal,
  type KillsWorld,
  persistently,
} from "./world.ts";

/** A merge request is made green, merged in Git, and landed by `main`'s job, which may be killed and is tried again. */
export async function landFeature(
  world: KillsWorld,
  feature: Feature,
): Promise<void> {
  const { gitlab, journal } = world;
  for (let tries = 0; ; tries++) {
    const fate = tries < 2 ? drawFate(world) : UNHARMED;
    const { code } = await runPipeline(world, feature, { fate });
    if (code === 0) break;
    if (tries > 4) throw new Error(`${feature.git} does not become green`);
  }

  const iid = Number(feature.git.split("/")[1]);
  const commit = sha(`merge of ${feature.git}`);
  const request = {
    ...{ iid, state: "merged", title: feature.git },
    ...{ source_branch: feature.git, target_branch: "main" },
    ...{ source_project_id: 10, target_project_id: 10 },
    ...{ web_url: `https://git.test/${iid}`, merged_at: mergedAt(iid % 300) },
    ...{ sha: sha(feature.git), merge_commit_sha: commit },
    squash_commit_sha: null,
  };
  await persistently(() => world.look());
  gitlab.requests.push(request);

  const { state, own } = await landTries(world, feature, commit);
  journal.count(`landings: ${state}`);
  if (state === "landed" || state === "already")
    return judgeLanded(world, feature, own);

  // A person gives the request up.
  gitlab.requests.splice(gitlab.requests.indexOf(request), 1);
  await removeBranch(world, feature);
}

/** A landed branch is gone, or the landing said why it stays, and that is so. */
async function judgeLanded(
  world: KillsWorld,
  feature: Feature,
  own: LandedRequest | undefined,
): Promise<void> {
  const { journal, main } = world;
  const { branch } = feature;
  const branches = await persistently(() => main.branches());
  if (!branches.includes(branch)) return;

  const kept = own?.data_branch_kept ?? null;
  const head = await persistently(() => main.onBranch(branch).head());
  // A run of an earlier pipeline may publish between the landing and the deletion.
  if (kept === null || head === own?.commit)
    return journal.wrong(`${branch} is landed and still there: ${kept}`);

  journal.count("landed branches that stay: moved");
  await removeBranch(world, feature);
}

/** By a person: what was published there last is gone with it. */
async function removeBranch(
  { removed, repository, server, journal }: KillsWorld,
  { branch }: Feature,
): Promise<void> {
  removed.add(branch);
  await persistently(() =>
    server.call("DELETE", `/repositories/${repository}/branches/${branch}`),
  ).catch((error: Error) => {
    if (!isFinal(error)) journal.wrong(`${branch} stays: ${error.message}`);
  });
}

async function landTries(
  world: KillsWorld,
  { git, branch }: Feature,
  commit: string,
): Promise<{ state: string; own: LandedRequest | undefined }> {
  for (let tries = 0; tries < 6; tries++) {
    const cwd = world.place();
    const run = await runJob(world, {
      ...{ name: `land ${git}`, cwd },
      args: ["land", "--wait", "0", "--delete-branch", "always", ...STEP],
      env: landEnv(world, commit),
      fate: tries < 3 ? drawFate(world) : UNHARMED,
    });
    const document = run.json<LandDocument>("land.json");
    const own = document?.requests.find(({ data_branch: b }) => b === branch);
    rmSync(cwd, { recursive: true, force: true });
    if (run.signal || run.code === 3) continue;

    world.journal.note(`land ${git}: ${own?.status} ${own?.code}`);
    const isFine = run.code === 0 || (run.code === 1 && own !== undefined);
    if (!isFine) world.journal.wrong(`land ${git}: ${run.code}\n${run.stdout}`);
    const state =
      own?.status === "refused"
        ? `refused (${own.code})`
        : (own?.status ?? "absent");
    return { state, own };
  }
  throw new Error(`${git} does not land`);
}
