import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import type { LakefsParts } from "../../scripts/parts/lakefs.mjs";
import type { Summary } from "../../src/report/summary.ts";
import { type FakeGitlab, startFakeGitlab } from "../support/fake-gitlab.ts";
import { type LakefsServer, startLakefs } from "../support/lakefs-server.ts";
import { makeConsumer } from "./consumer-project.ts";
import { GOOD, MERGE_REQUEST, RENAMED, TOKEN } from "./consumer-world.ts";
import { DataBranch } from "./data-branch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * What GitLab's runner does and gitlab-ci-local leaves out: artifacts of a job of the parent pipeline, which a job of
 * the child `needs`. `lost` is a job whose runner is gone before it does anything.
 */
const SHIM = (lost: string) => `
if [ "$1" = convert ] && [ "$MODEL_TO_EDGE_BATCH" = 0 ]; then
  cp -r ../../artifacts/model-to-edge-convert-fleet-plan/. .
fi
if [ "$CI_JOB_NAME" = "$(cat ${lost})" ]; then
  exit 137
fi
`;

/** A project that includes `convert-fleet`, with models on a real lakeFS, of which one is wrong. */
export interface FleetWorld {
  server: LakefsServer;
  repository: string;
  data: DataBranch;
  gitlab: FakeGitlab;
  /** Runs the pipeline of a merge request, all of its child too; a job by its name may lose its runner. */
  pipeline(options?: { lost?: string }): Promise<FleetRun>;
  close(): Promise<void>;
}

export interface FleetRun {
  code: number | null;
  log: string;
  /** Names of the child's jobs that ran, in the order of their ends. */
  jobs: string[];
  file(job: string, path: string): string;
  summary(): Summary;
}

/** Twelve models by `npm run test:fleet`, three in `npm test`. */
export const IS_WHOLE = process.env.FLEET === "all";
export const WRONG = "m02";
export const NAMES = Array.from(
  { length: IS_WHOLE ? 12 : 3 },
  (_, index) => `m${String(index + 1).padStart(2, "0")}`,
);

export async function makeFleetWorld(parts: LakefsParts): Promise<FleetWorld> {
  const server = await startLakefs(parts);
  const repository = await server.repository();
  const consumer = makeConsumer(null, (text) =>
    text.replaceAll("lakefs://vision", `lakefs://${repository}`),
  );
  const gitlab = await startFakeGitlab();
  const lost = join(consumer.folder, "..", "lost");
  const program = join(consumer.folder, "../bin/model-to-edge");
  writeFileSync(
    program,
    readFileSync(program, "utf8").replace("\n", SHIM(lost)),
  );
  writeVariables(consumer.folder, {
    ...server.env,
    ...TOKEN,
    CI_API_V4_URL: gitlab.api,
    MODEL_TO_EDGE_ENGINES: `${ROOT}test/fixtures/engines/toy`,
  });

  const data = new DataBranch(server, repository, "feature--new");
  await data.onBranch("main").commit(modelFiles());
  await data.create("main");

  return {
    ...{ server, repository, data, gitlab },
    async pipeline({ lost: job = "" } = {}) {
      writeFileSync(lost, job);
      const { code, log, artifact } = await consumer.pipeline({
        file: "fleet.gitlab-ci.yml",
        words: [
          ...["--unset-variable", "CI_COMMIT_BRANCH"],
          ...["--ignore-predefined-vars", ignored()],
        ],
      });
      const summary = () =>
        JSON.parse(
          artifact("model-to-edge-convert-fleet-report", OUT("summary.json")),
        ) as Summary;

      return { code, log, jobs: jobsIn(log), file: artifact, summary };
    },
    async close() {
      consumer.remove();
      await gitlab.close();
      await server.stop();
    },
  };
}

export const OUT = (file: string) => `model-to-edge-out/${file}`;

function modelFiles(): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => [
      [`model/${name}/model.json`, JSON.stringify({ channels: 4 })],
      [`model/${name}/scale.weights`, name === WRONG ? RENAMED : GOOD],
    ]),
  );
}

/** Of the project: those of gitlab-ci-local's command line do not reach a child pipeline. */
function writeVariables(folder: string, variables: object): void {
  const { CI_COMMIT_BRANCH: _, ...request } = MERGE_REQUEST;
  const typed = Object.entries({ ...request, ...variables }).map(
    ([name, value]) => [name, { type: "variable", values: { "*": value } }],
  );
  writeFileSync(
    join(folder, ".gitlab-ci-local-variables.yml"),
    stringify(Object.fromEntries(typed)),
  );
}

function ignored(): string {
  return Object.keys(MERGE_REQUEST)
    .filter((name) => /^CI_(PIPELINE_SOURCE|COMMIT_|PROJECT_ID)/.test(name))
    .join(",");
}

/** gitlab-ci-local tells each job's end in one line. */
function jobsIn(log: string): string[] {
  const ends = log.matchAll(/^\s*\[[^\]]*\] -> (.+?) +finished in /gm);
  return [...ends].map(([, name = ""]) => name.trim());
}
