import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conversion } from "../../../src/convert/conversion.ts";
import type { LandDocument } from "../../../src/land/landing.ts";
import type { Publication } from "../../../src/publish/publication.ts";
import { mergedAt, sha } from "../../land/story.ts";
import {
  drawFate,
  type Fate,
  type JobRun,
  landEnv,
  pipelineEnv,
  runJob,
  UNHARMED,
} from "./jobs.ts";
import { PAIRS } from "./versions.ts";
import {
  commitPair,
  type Feature,
  type KillsWorld,
  persistently,
} from "./world.ts";

const RUN = [
  "run",
  "--isolation",
  "none",
  "--note",
  "off",
  "--patience",
  "60s",
];
const STEP = ["--patience", "60s"];
/** Why a run may say no although nobody killed it: a branch was landed, or a person is between upload and commit. */
const EXPECTED =
  /not committed|uncommitted|was removed from the store|there is no branch|does not exist/i;

/** The whole run in one job. `pin`: an older commit of the branch instead of its head. */
export async function runPipeline(
  world: KillsWorld,
  { git, branch }: Pick<Feature, "git" | "branch">,
  { fate, pin = null }: { fate: Fate; pin?: string | null },
): Promise<JobRun> {
  const cwd = world.place();
  if (pin)
    writeFileSync(
      join(cwd, "model.lock"),
      JSON.stringify({
        ...{ kind: "model-lock", version: 1 },
        store: `lakefs://${world.repository}`,
        ...{ branch, commit: pin },
      }),
    );
  const name = `${branch}${pin ? ` at ${pin.slice(0, 8)}` : ""}`;
  const env = pipelineEnv(world, git);
  const run = await runJob(world, { name, cwd, args: RUN, env, fate });
  await judgeRun(world, branch, run);
  rmSync(cwd, { recursive: true, force: true });
  return run;
}

/** Plan, convert and publish in jobs of their own; one that is lost is tried once more, as GitLab's runner does. */
export async function runSteps(
  world: KillsWorld,
  { git, branch }: Pick<Feature, "git" | "branch">,
): Promise<void> {
  const cwd = world.place();
  const env = pipelineEnv(world, git);
  const steps = [
    ["plan", "--note", "off"],
    ["convert", "--isolation", "none"],
    ["publish"],
  ];

  let last: JobRun | null = null;
  for (const [index, words] of steps.entries()) {
    const args = [...words, ...STEP];
    const job = { name: `${branch} in steps`, cwd, args, env };
    last = await runJob(world, { ...job, fate: drawFate(world) });
    if (index > 0 && (last.signal || last.code === 3))
      last = await runJob(world, { ...job, fate: drawFate(world) });
    if (last.code !== 0) break;
  }

  if (last) await judgeRun(world, branch, last);
  rmSync(cwd, { recursive: true, force: true });
}

/** What a run says is written down, and whether it may say so. */
async function judgeRun(
  world: KillsWorld,
  branch: string,
  run: JobRun,
): Promise<void> {
  const { journal, claims } = world;
  const { code, signal, stdout, stderr } = run;
  const said = `${stdout}${stderr}`;
  const isFine = code === 0 || code === 3 || signal !== null;
  if (!isFine && !(code === 2 && EXPECTED.test(said)))
    journal.wrong(`${branch}: exit ${code}\n${said}`);
  if (code !== 0) return;

  const publication = run.json<Publication>("publication.json");
  if (publication?.status !== "published") return;

  const models = new Map<string, { key: string; version: number }>();
  for (const model of publication.models) {
    const document = run.json<Conversion>(`models/${model}/conversion.json`);
    const weights = document?.inputs.find(({ path }) =>
      path.endsWith("toy.weights"),
    );
    models.set(model, {
      key: document?.fingerprint?.exec ?? "",
      version: world.versions.find(weights?.sha256 ?? "")?.number ?? 0,
    });
  }
  const { commit } = publication;
  claims.push({ branch, commit: commit ?? "", models });
  journal.count("publications");
  await persistently(() => world.look());
}

/** A new Git branch with its data branch. */
export async function openFeature(world: KillsWorld): Promise<Feature> {
  const number = world.features.length + 1;
  const pair = PAIRS[1 + world.dice.below(PAIRS.length - 1)] ?? "k1";
  const feature = {
    git: `feature/${number}`,
    branch: `feature--${number}`,
    ...{ pair, closing: false },
  };
  await persistently(async () => {
    const branches = await world.main.branches();
    if (branches.includes(feature.branch)) return;
    await world.main.onBranch(feature.branch).create("main");
  });
  await commitPair(world, feature.branch, pair);
  world.features.push(feature);
  return feature;
}

/** A merge request is made green, merged in Git, and landed by `main`'s job, which may be killed and is tried again. */
export async function landFeature(
  world: KillsWorld,
  feature: Feature,
): Promise<void> {
  const { gitlab, journal, main } = world;
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

  const state = await landTries(world, feature, commit);
  journal.count(`landings: ${state}`);
  if (state !== "landed" && state !== "already") {
    // A person gives the request up.
    gitlab.requests.splice(gitlab.requests.indexOf(request), 1);
    world.removed.add(feature.branch);
    await persistently(() =>
      world.server.call(
        "DELETE",
        `/repositories/${world.repository}/branches/${feature.branch}`,
      ),
    ).catch(() => undefined);
  } else if (
    (await persistently(() => main.branches())).includes(feature.branch)
  )
    journal.wrong(`${feature.branch} is landed and still there`);
}

async function landTries(
  world: KillsWorld,
  { git, branch }: Feature,
  commit: string,
): Promise<string> {
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
    return own?.status === "refused"
      ? `refused (${own.code})`
      : (own?.status ?? "absent");
  }
  throw new Error(`${git} does not land`);
}

/** The scheduled job: what is older than any run of this suite. */
export async function sweep(world: KillsWorld, age: string): Promise<JobRun> {
  const cwd = world.place();
  const run = await runJob(world, {
    ...{ name: `sweep of ${age}`, cwd },
    args: ["sweep", "--older-than", age, "--all-projects"],
    env: pipelineEnv(world, "main"),
    fate: age === "0" ? UNHARMED : drawFate(world),
  });
  if (run.code === 1 || run.code === 2)
    world.journal.wrong(`sweep: ${run.code}\n${run.stdout}`);
  rmSync(cwd, { recursive: true, force: true });
  return run;
}
