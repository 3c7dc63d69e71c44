import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { type LakefsServer, startLakefs } from "../support/lakefs-server.ts";
import { DataBranch } from "./data-branch.ts";

/** What each test of landing starts from: `main` with the proved models `a` and `b`, and the data branch `feature--x`. */
export interface LandWorld {
  server: LakefsServer;
  repository: string;
  gitlab: FakeProject;
  story: Story;
  main: DataBranch;
  feature: DataBranch;
  /** What `main` shows, to see that nothing changed. */
  shown(): Promise<[head: string, files: Record<string, string>]>;
  /** Makes `feature/x` green and merges it in Git as request 7; the Git commit. */
  merged(): Promise<string>;
}

/** `main` with two models, converted once: the same bytes in another repository are proved as well. */
async function provedMain({
  main,
  story,
}: LandWorld): Promise<Record<string, Buffer>> {
  const names = ["a", "b"];
  const files = names.flatMap((name) => [
    [`model/${name}/model.json`, CONFIG],
    [`model/${name}/toy.weights`, GOOD(1)],
  ]);
  await main.commit(Object.fromEntries(files));
  const run = await story.command([
    "run",
    "--isolation",
    "none",
    "--model-branch",
    "main",
  ]);
  if (run.code !== 0) throw new Error(run.stdout + run.stderr);
  const all: Record<string, Buffer> = {};
  for (const path of Object.keys(
    await main.hashes(["model/", "edge/", "evidence/"]),
  ))
    all[path] = await main.read(path);
  return all;
}

type Parts = Parameters<typeof startLakefs>[0];

/** Registers the hooks; a fresh repository and a fresh GitLab for each test. */
export function useLandWorld(parts: Parts | null): LandWorld {
  let proved: Record<string, Buffer> | null = null;
  const at = {
    async shown() {
      return [
        await at.main.head(),
        await at.main.hashes(["model/", "edge/", "evidence/"]),
      ];
    },
    async merged() {
      await at.feature.commit({ "model/a/toy.weights": GOOD(5) });
      const run = await at.story.run("feature/x");
      if (run.code !== 0) throw new Error(run.stdout + run.stderr);
      return at.story.merge("feature/x", 7);
    },
  } as LandWorld;
  beforeAll(async () => {
    if (parts) at.server = await startLakefs(parts);
  });
  afterAll(async () => {
    await at.server?.stop();
  });
  beforeEach(async () => {
    at.gitlab = await startFakeProject();
    at.repository = await at.server.repository();
    at.story = new Story(at.gitlab, `lakefs://${at.repository}`, at.server.env);
    at.main = new DataBranch(at.server, at.repository, "main");
    at.feature = at.main.onBranch("feature--x");
    if (proved) await at.main.commit(proved);
    else proved = await provedMain(at);
    await at.feature.create("main");
  });
  afterEach(async () => {
    at.story.remove();
    await at.gitlab.close();
  });
  return at;
}
