import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LandDocument } from "../../src/land/landing.ts";
import { CONFIG, GOOD, MISFIT, sha } from "../land/story.ts";
import {
  type FakeProject,
  JOB_TOKEN,
  PROJECT_TOKEN,
  startFakeProject,
} from "../support/fake-project.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import {
  type ConsumerProject,
  makeConsumer,
  type PipelineOptions,
  whyNoPipeline,
} from "./consumer-project.ts";
import { DataBranch } from "./data-branch.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILE = "land.gitlab-ci.yml";
const parts = await realLakefs();

/** The pipeline of the merge request of `feature/new`, and the one of main after its merge. */
const REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/new",
  CI_MERGE_REQUEST_EVENT_TYPE: "detached",
  CI_PROJECT_ID: "10",
  CI_COMMIT_BRANCH: null,
  CI_COMMIT_REF_NAME: "feature/new",
};
const MERGED = sha("the merge");
const MAIN = {
  CI_PIPELINE_SOURCE: "push",
  CI_COMMIT_BRANCH: "main",
  CI_COMMIT_REF_NAME: "main",
  CI_COMMIT_SHA: MERGED,
  CI_COMMIT_BEFORE_SHA: sha("before"),
  CI_PROJECT_ID: "10",
};

describe.skipIf(!parts || whyNoPipeline())(
  "a project that includes convert@1 and land@1, with a real lakeFS server",
  () => {
    let server: LakefsServer;
    let consumer: ConsumerProject;
    let feature: DataBranch;
    let main: DataBranch;
    let gitlab: FakeProject;
    let variables: Record<string, string>;

    beforeAll(async () => {
      if (!parts) return;
      server = await startLakefs(parts);
      const repository = await server.repository();
      consumer = makeConsumer(null, (text) =>
        text.replaceAll("lakefs://vision", `lakefs://${repository}`),
      );
      gitlab = await startFakeProject();
      variables = {
        ...server.env,
        CI_API_V4_URL: gitlab.api,
        CI_JOB_TOKEN: JOB_TOKEN,
        MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
        MODEL_TO_EDGE_ENGINES: `${ROOT}test/fixtures/engines/toy`,
      };
      main = new DataBranch(server, repository, "main");
      feature = main.onBranch("feature--new");
      await main.commit({
        "model/a/model.json": CONFIG,
        "model/a/toy.weights": GOOD(1),
      });
      await feature.create("main");
      gitlab.requests.push({
        ...{
          iid: 7,
          state: "merged",
          source_branch: "feature/new",
          target_branch: "main",
          title: "New",
          merged_at: "",
        },
        ...{
          source_project_id: 10,
          target_project_id: 10,
          web_url: "https://git.test/a/b/-/merge_requests/7",
        },
        ...{
          sha: sha("head"),
          merge_commit_sha: MERGED,
          squash_commit_sha: null,
        },
      });
    });
    afterAll(async () => {
      consumer?.remove();
      await gitlab?.close();
      await server?.stop();
    });

    const pipeline = (options: PipelineOptions) =>
      consumer.pipeline({
        file: FILE,
        ...options,
        variables: { ...variables, ...options.variables },
      });

    it("proves on the merge request, where nothing is landed", async () => {
      await feature.commit({ "model/a/toy.weights": MISFIT });
      const red = await pipeline({ kind: REQUEST });
      expect(red).toMatchObject({
        code: 1,
        log: expect.stringMatching(/^ ?FAIL +model-to-edge-convert/m),
      });
      await feature.commit({ "model/a/toy.weights": GOOD(5) });
      const green = await pipeline({ kind: REQUEST });
      expect(green).toMatchObject({
        code: 0,
        log: expect.stringMatching(/^ ?PASS +model-to-edge-convert/m),
      });
      expect(green.log).not.toMatch(/^ ?(PASS|FAIL) +model-to-edge-land/m);
      expect((await main.read("model/a/toy.weights")).toString()).toBe(GOOD(1));
    });

    it("lands after the merge, before main is converted, which then has nothing to do", async () => {
      const proved = await feature.hashes(["model/", "edge/", "evidence/"]);
      const { code, log, artifact } = await pipeline({ kind: MAIN });
      expect({ code, log }).toMatchObject({
        code: 0,
        log: expect.stringMatching(/^ ?PASS +model-to-edge-land/m),
      });
      expect(log).toContain("feature--new landed on main");
      expect(log).toContain("result: unchanged, already in");
      expect(await main.hashes(["model/", "edge/", "evidence/"])).toEqual(
        proved,
      );
      expect(await main.branches()).toEqual(["main"]);
      const document = JSON.parse(
        artifact("model-to-edge-land", "model-to-edge-land/land.json"),
      ) as LandDocument;
      expect(document).toMatchObject({
        requests: [{ iid: 7, status: "landed" }],
        exit_code: 0,
      });
      expect(
        artifact("model-to-edge-land", "model-to-edge-land/report/junit.xml"),
      ).toContain("!7 (feature--new)");
      expect(
        artifact(
          "model-to-edge-land",
          "model-to-edge-land/report/annotations.json",
        ),
      ).toContain("merge_requests/7");
      expect(gitlab.notes.at(-1)?.body).toContain("✅ Landed");
      for (const secret of [
        PROJECT_TOKEN,
        JOB_TOKEN,
        server.env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY,
      ])
        expect(log + JSON.stringify(gitlab.notes)).not.toContain(secret);
    });

    it("does nothing when the job is retried, and not at all on other branches", async () => {
      const before = await main.head();
      expect(await pipeline({ kind: MAIN })).toMatchObject({
        code: 0,
        log: expect.stringContaining("was landed before"),
      });
      expect(await main.head()).toBe(before);
      const other = await pipeline({
        kind: { CI_COMMIT_BRANCH: "topic", CI_COMMIT_REF_NAME: "topic" },
      });
      expect(other.log).not.toMatch(/^ ?(PASS|FAIL) +model-to-edge-land/m);
    });

    it("uses in the example of the page what the fixture uses", () => {
      const page = readFileSync(`${ROOT}docs/landing.md`, "utf8");
      expect(page).toContain("land@1");
      expect(page).toContain("optional: true");
    });
  },
);
