import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CHEAP } from "../../fleet/fleet-store.ts";
import {
  type FakeProject,
  startFakeProject,
} from "../../support/fake-project.ts";
import type { LakefsServer } from "../../support/lakefs-server.ts";
import { random } from "../../support/random.ts";
import { DataBranch } from "../data-branch.ts";
import { History } from "./history.ts";
import type { Journal } from "./journal.ts";
import { makeVersions, modelsOf, PAIRS, type Versions } from "./versions.ts";

/** A Git branch with its data branch, on which a team works at one pair of models. */
export interface Feature {
  git: string;
  branch: string;
  pair: string;
  /** It is being landed: nobody pushes to it any more. */
  closing: boolean;
}

/** A run said that it published this. */
export interface Claim {
  branch: string;
  commit: string;
  /** What it converted, by model. */
  models: ReadonlyMap<string, { key: string; version: number }>;
}

/** What all actors share. */
export interface KillsWorld {
  server: LakefsServer;
  repository: string;
  gitlab: FakeProject;
  dice: ReturnType<typeof random>;
  journal: Journal;
  versions: Versions;
  history: History;
  features: Feature[];
  claims: Claim[];
  /** Branches that a person removed: what was published there last is gone with them. */
  removed: Set<string>;
  /** Every head that a branch was seen at: a landed branch is gone, its commits are not. */
  heads: Map<string, Set<string>>;
  main: DataBranch;
  /** A fresh folder to run in. */
  place(): string;
  /** Notes the heads of all branches. */
  look(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeWorld(
  server: LakefsServer,
  { seed, journal }: { seed: number; journal: Journal },
): Promise<KillsWorld> {
  const repository = await server.repository();
  const main = new DataBranch(server, repository, "main");
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-kills-"));
  mkdirSync(join(root, "tmp"));
  const gitlab = await startFakeProject();
  const versions = makeVersions();
  const heads: KillsWorld["heads"] = new Map();
  let places = 0;

  for (const pair of PAIRS)
    for (const { model, text } of versions.next(pair))
      await main.upload({
        [`model/${model}/model.json`]: '{"channels":4}',
        [`model/${model}/toy.weights`]: text,
      });
  await main.commit({});

  return {
    ...{ server, repository, gitlab, journal, versions, heads, main },
    dice: random(seed),
    history: new History(server, repository, versions),
    features: [],
    claims: [],
    removed: new Set(),
    place() {
      places += 1;
      const place = join(root, `job-${places}`);
      mkdirSync(place);
      writeFileSync(join(place, "conversion.yaml"), CHEAP);
      return place;
    },
    async look() {
      for (const [name, head] of await branchHeads(server, repository)) {
        const seen = heads.get(name) ?? new Set();
        heads.set(name, seen.add(head));
      }
    },
    async remove() {
      await gitlab.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Of the branches that people see. */
async function branchHeads(
  server: LakefsServer,
  repository: string,
): Promise<[name: string, head: string][]> {
  const { results } = await server.call<{
    results: { id: string; commit_id: string }[];
  }>("GET", `/repositories/${repository}/branches?amount=1000`);
  return results.map(({ id, commit_id }) => [id, commit_id]);
}

/** A person at a keyboard: tries again while the server is away, or somebody commits at the same moment. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 60_000; ; await sleep(200)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end || isFinal(error)) throw error;
    }
  }
}

/** The branch is gone: trying again does not help. */
export function isFinal(error: unknown): boolean {
  return / 404 /.test((error as Error).message);
}

/** A person commits new weights of both models of a pair; false where the branch is gone. */
export async function commitPair(
  { main, versions, journal }: KillsWorld,
  branch: string,
  pair: string,
): Promise<boolean> {
  const next = versions.next(pair);
  const files = Object.fromEntries(
    next.map(({ model, text }) => [`model/${model}/toy.weights`, text]),
  );
  const at = main.onBranch(branch);

  try {
    await persistently(async () => {
      try {
        await at.commit(files);
      } catch (error) {
        // The answer to an earlier try was lost.
        if (!/no changes/.test((error as Error).message)) throw error;
      }
    });
  } catch (error) {
    if (!isFinal(error)) throw error;
    return false;
  }

  journal.count("commits by people");
  journal.note(`${branch}: ${pair} is ${next[0]?.number}`);
  return true;
}

/** Which version of a model lies on a branch, to be converted. */
export async function wantedVersions(
  { main, versions }: KillsWorld,
  branch: string,
): Promise<Map<string, number>> {
  const wanted = new Map<string, number>();
  const hashes = await main.onBranch(branch).hashes(["model/"]);
  for (const model of PAIRS.flatMap(modelsOf)) {
    const sha256 = hashes[`model/${model}/toy.weights`] ?? "";
    wanted.set(model, versions.find(sha256)?.number ?? 0);
  }
  return wanted;
}
