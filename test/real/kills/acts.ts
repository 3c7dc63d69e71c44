import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conversion } from "../../../src/convert/conversion.ts";
import type { Publication } from "../../../src/publish/publication.ts";
import {
  drawFate,
  type Fate,
  type JobRun,
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
export const STEP = ["--patience", "60s"];
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
