import { fileURLToPath } from "node:url";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import type { LakefsParts } from "../../scripts/parts/lakefs.mjs";
import type { Summary } from "../../src/report/summary.ts";
import { type FakeGitlab, startFakeGitlab } from "../support/fake-gitlab.ts";
import { type LakefsServer, startLakefs } from "../support/lakefs-server.ts";
import {
  type ConsumerProject,
  makeConsumer,
  type PipelineOptions,
} from "./consumer-project.ts";
import { DataBranch } from "./data-branch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const GOOD = JSON.stringify({
  w: [1.5, -2, 0.25, 3],
  b: [0.5, 0, -1, 2],
});
export const RENAMED = JSON.stringify({
  weight: [1.5, -2, 0.25, 3],
  b: [0.5, 0, -1, 2],
});

export const TOKEN = { MODEL_TO_EDGE_TOKEN: "glpat-our-secret-token" };
/** The pipeline of a merge request of the Git branch `feature/new`. */
export const MERGE_REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/new",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
  CI_MERGE_REQUEST_EVENT_TYPE: "detached",
  CI_PROJECT_ID: "10",
  CI_COMMIT_BRANCH: null,
  CI_COMMIT_REF_NAME: "feature/new",
};

type PipelineResult = Awaited<ReturnType<ConsumerProject["pipeline"]>>;

/** A project that includes the component, its data branch on a real lakeFS, and a GitLab that takes notes. */
export interface ConsumerWorld {
  server: LakefsServer;
  data: DataBranch;
  gitlab: FakeGitlab;
  /** Runs a pipeline; `summary` is what the job's folder `out` holds. */
  pipeline(
    options: PipelineOptions,
    job?: string,
    out?: string,
  ): Promise<PipelineResult & { summary(): Summary }>;
  close(): Promise<void>;
}

export async function makeConsumerWorld(
  parts: LakefsParts,
): Promise<ConsumerWorld> {
  const server = await startLakefs(parts);
  const repository = await server.repository();
  const consumer = makeConsumer(null, (text) =>
    text.replaceAll("lakefs://vision", `lakefs://${repository}`),
  );
  const gitlab = await startFakeGitlab();
  const variables = {
    ...server.env,
    CI_API_V4_URL: gitlab.api,
    MODEL_TO_EDGE_ENGINES: `${ROOT}test/fixtures/engines/toy`,
  };
  const data = new DataBranch(server, repository, "feature--new");
  await data.onBranch("main").commit({
    "model/scale/model.json": JSON.stringify({ channels: 4 }),
    "model/scale/scale.weights": GOOD,
  });
  await data.create("main");

  return {
    server,
    data,
    gitlab,
    async pipeline(
      options,
      job = "model-to-edge-convert",
      out = "model-to-edge-out",
    ) {
      const result = await consumer.pipeline({
        ...options,
        variables: { ...variables, ...options.variables },
      });
      const summary = () =>
        JSON.parse(result.artifact(job, `${out}/summary.json`)) as Summary;
      return { ...result, summary };
    },
    async close() {
      consumer.remove();
      await gitlab.close();
      await server.stop();
    },
  };
}
