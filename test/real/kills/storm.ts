import { setTimeout as sleep } from "node:timers/promises";
import { inParallel } from "../../../src/store/parallel.ts";
import { openFeature, runPipeline, runSteps, sweep } from "./acts.ts";
import { drawFate, UNHARMED } from "./jobs.ts";
import { judgeHistory, judgeRest } from "./judge.ts";
import { landFeature } from "./landings.ts";
import { commitPair, type Feature, type KillsWorld } from "./world.ts";

const MAIN = { git: "main", branch: "main" };

/** Who works on what now: a person at a time on a branch, one landing at a time (the template's `resource_group`). */
interface Turns {
  people: Set<string>;
  isLanding: boolean;
}

export interface Storm {
  /** Actors at once. */
  actors: number;
  /** Git branches at once, beside `main`. */
  features: number;
  ms: number;
  /** Between two deaths of the server, about; 0 for none. */
  serverDiesEveryMs: number;
}

/** So many actors at once, each one act after another, until the time is over; the server dies now and then. */
export async function storm(
  world: KillsWorld,
  { actors, features, ms, serverDiesEveryMs }: Storm,
): Promise<void> {
  const end = Date.now() + ms;
  const turns: Turns = { people: new Set(), isLanding: false };
  while (openOnes(world).length < features) await openFeature(world);

  const act = async () => {
    while (Date.now() < end) {
      try {
        await actOnce(world, turns);
      } catch (error) {
        world.journal.wrong(`an act failed: ${(error as Error).stack}`);
      }
    }
  };
  const ends = async () => {
    while (serverDiesEveryMs > 0 && Date.now() < end) {
      const pause = serverDiesEveryMs * (0.5 + world.dice.uniform());
      await sleep(Math.min(pause, Math.max(0, end - Date.now())));
      await harmServer(world);
    }
  };
  await Promise.all([...Array.from({ length: actors }, act), ends()]);
}

/** A crash, or a stall as under overload. */
async function harmServer({ server, dice, journal }: KillsWorld) {
  const child = server.process;
  if (!child) return;
  const ms = 200 + dice.below(3000);

  if (dice.uniform() < 0.6) {
    journal.count("deaths of the server");
    journal.note(`the server is killed, for ${ms} ms`);
    await server.kill();
    await sleep(ms);
    await server.start();
    journal.note("the server is back");
  } else {
    journal.count("stalls of the server");
    journal.note(`the server stalls for ${ms} ms`);
    child.kill("SIGSTOP");
    await sleep(ms);
    child.kill("SIGCONT");
  }
}

const openOnes = ({ features }: KillsWorld) =>
  features.filter(({ closing }) => !closing);

async function actOnce(world: KillsWorld, turns: Turns): Promise<void> {
  const { dice } = world;
  const which = dice.uniform();
  const open = openOnes(world);
  const feature = open[dice.below(open.length)];
  const at = feature && dice.uniform() < 0.65 ? feature : MAIN;

  if (which < 0.2) return person(world, turns, at, feature);
  if (which < 0.26) return void (await sweep(world, "4m"));
  if (which < 0.36) return runSteps(world, at);
  if (which < 0.46) return older(world, at);
  if (which < 0.56 && feature && !turns.isLanding)
    return land(world, turns, feature);

  await runPipeline(world, at, { fate: drawFate(world) });
}

async function person(
  world: KillsWorld,
  { people }: Turns,
  at: Pick<Feature, "branch">,
  feature: Feature | undefined,
): Promise<void> {
  const { branch } = at;
  if (people.has(branch)) return sleep(200);
  people.add(branch);
  const pair = branch === "main" ? "k0" : (feature?.pair ?? "k1");
  try {
    await commitPair(world, branch, pair);
  } finally {
    people.delete(branch);
  }
}

/** Somebody runs an old pipeline again. */
async function older(
  world: KillsWorld,
  at: Pick<Feature, "git" | "branch">,
): Promise<void> {
  const commits = await world.main
    .onBranch(at.branch)
    .commits()
    .catch(() => []);
  // The last one is the repository's first, without a model.
  const recent = commits.slice(0, -1).slice(0, 8);
  const pin = recent[world.dice.below(recent.length)] ?? null;
  await runPipeline(world, at, { fate: drawFate(world), pin });
}

async function land(
  world: KillsWorld,
  turns: Turns,
  feature: Feature,
): Promise<void> {
  turns.isLanding = true;
  feature.closing = true;
  try {
    // Who is committing ends it first.
    while (turns.people.has(feature.branch)) await sleep(50);
    await landFeature(world, feature);
    await openFeature(world);
  } finally {
    turns.isLanding = false;
  }
}

/** Nobody works: every branch gets one more run, what is left is swept, and all is looked at. */
export async function calm(world: KillsWorld): Promise<void> {
  const there = await world.main.branches();
  const open = openOnes(world).filter(({ branch }) => there.includes(branch));
  const all = [MAIN, ...open];
  await inParallel(all, 4, async (at) => {
    const run = await runPipeline(world, at, { fate: UNHARMED });
    if (run.code !== 0)
      world.journal.wrong(`a calm run of ${at.branch}:\n${run.stdout}`);
  });
  await sweep(world, "0");
  await judgeHistory(world);
  await judgeRest(
    world,
    all.map(({ branch }) => branch),
  );
}
