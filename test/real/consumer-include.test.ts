import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ConsumerProject,
  makeConsumer,
  whyNoPipeline,
} from "./consumer-project.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
};

const MERGE_REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "1",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1",
  CI_PROJECT_ID: "1",
  CI_COMMIT_BRANCH: null,
};

/** Says what reached it, and leaves what a run leaves. */
const STUB = `#!/bin/sh
echo "stub: $*"
mkdir -p "$MODEL_TO_EDGE_OUT/report"
env | grep -E '^(MODEL_TO_EDGE_|RUNNER_)' | sort > "$MODEL_TO_EDGE_OUT/report/env.txt"
`;

describe.skipIf(whyNoPipeline())("a project that includes convert@1", () => {
  let consumer: ConsumerProject;
  beforeAll(() => {
    consumer = makeConsumer(STUB);
  });
  afterAll(() => consumer.remove());

  async function jobsOf(
    kind: Record<string, string | null>,
    file?: string,
  ): Promise<string[]> {
    const { log } = await consumer.pipeline({
      kind,
      words: ["--list-json"],
      ...(file ? { file } : {}),
    });
    const list = JSON.parse(log.slice(log.indexOf("["))) as {
      name: string;
      when: string;
    }[];
    return list
      .filter(({ when }) => when !== "never")
      .map(({ name, when }) => `${name} ${when}`);
  }

  it("hands every input to the command line, and the defaults of those that were not given", async () => {
    const { code, log, artifact } = await consumer.pipeline();
    expect({ code, log }).toMatchObject({
      code: 0,
      log: expect.stringMatching(/^ ?PASS +model-to-edge-convert/m),
    });
    expect(log).toContain("stub: run\n");
    expect(
      artifact("model-to-edge-convert", "model-to-edge-out/report/env.txt")
        .trim()
        .split("\n"),
    ).toEqual([
      "MODEL_TO_EDGE_CA_FILE=",
      "MODEL_TO_EDGE_CODE_FROM=store",
      "MODEL_TO_EDGE_CONFIG=",
      "MODEL_TO_EDGE_CREATE_BRANCH_FROM=main",
      "MODEL_TO_EDGE_DEVICE=auto",
      "MODEL_TO_EDGE_DOCS_URL=",
      "MODEL_TO_EDGE_EDGE_PATH=edge",
      "MODEL_TO_EDGE_ENGINE=toy",
      "MODEL_TO_EDGE_FAIL_ON=fail",
      "MODEL_TO_EDGE_FORCE=false",
      "MODEL_TO_EDGE_GPU=false",
      "MODEL_TO_EDGE_IMAGE=",
      `MODEL_TO_EDGE_IMAGE_GPU_false_=local-registry.gitlab.example.org/ml/model-to-edge/mmdeploy:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_false_mmdeploy=local-registry.gitlab.example.org/ml/model-to-edge/mmdeploy:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_false_sklearn=local-registry.gitlab.example.org/ml/model-to-edge/sklearn:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_false_tensorflow=local-registry.gitlab.example.org/ml/model-to-edge/tensorflow:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_false_torch=local-registry.gitlab.example.org/ml/model-to-edge/torch:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_true_=local-registry.gitlab.example.org/ml/model-to-edge/mmdeploy-cuda:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_true_mmdeploy=local-registry.gitlab.example.org/ml/model-to-edge/mmdeploy-cuda:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_true_sklearn=local-registry.gitlab.example.org/ml/model-to-edge/sklearn:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_true_tensorflow=local-registry.gitlab.example.org/ml/model-to-edge/tensorflow:${version}`,
      `MODEL_TO_EDGE_IMAGE_GPU_true_torch=local-registry.gitlab.example.org/ml/model-to-edge/torch:${version}`,
      "MODEL_TO_EDGE_ISOLATION=required",
      "MODEL_TO_EDGE_JOBS=1",
      "MODEL_TO_EDGE_JOB_NAME=model-to-edge-convert",
      "MODEL_TO_EDGE_KEY=",
      "MODEL_TO_EDGE_MISSING_BRANCH=",
      "MODEL_TO_EDGE_MLFLOW=auto",
      "MODEL_TO_EDGE_MODELS=",
      "MODEL_TO_EDGE_MODEL_BRANCH=",
      "MODEL_TO_EDGE_MODEL_PATH=model",
      "MODEL_TO_EDGE_NOTE=update",
      "MODEL_TO_EDGE_NOTE_PICTURES=link",
      "MODEL_TO_EDGE_OUT=model-to-edge-out",
      "MODEL_TO_EDGE_PATIENCE=10m",
      "MODEL_TO_EDGE_PUBLISH=all",
      "MODEL_TO_EDGE_REQUIRE_SIGNED=false",
      "MODEL_TO_EDGE_S3_ENDPOINT=",
      "MODEL_TO_EDGE_SIGNING_KEY_VARIABLE=MODEL_TO_EDGE_SIGNING_KEY",
      "MODEL_TO_EDGE_START_ON=",
      "MODEL_TO_EDGE_STORE=lakefs://vision",
      "MODEL_TO_EDGE_STORE_USER=",
      "MODEL_TO_EDGE_STORE_WEB_URL=",
      "MODEL_TO_EDGE_TIMEOUT=1h",
      "MODEL_TO_EDGE_TOKEN_VARIABLE=MODEL_TO_EDGE_TOKEN",
      "MODEL_TO_EDGE_UNCOMMITTED=fail",
      "RUNNER_SCRIPT_TIMEOUT=1h2m",
    ]);
  });

  it("hands on text that neither YAML nor a shell reads", async () => {
    const { code, log, artifact } = await consumer.pipeline({
      file: "odd-texts.gitlab-ci.yml",
    });
    expect({ code, log }).toMatchObject({
      code: 0,
      log: expect.stringMatching(/^ ?PASS +odd-model-to-edge-convert/m),
    });
    const env = artifact(
      "odd-model-to-edge-convert",
      "odd-model-to-edge-out/report/env.txt",
    )
      .trim()
      .split("\n");
    expect(env).toEqual(
      expect.arrayContaining([
        "MODEL_TO_EDGE_MODELS=a: b # c, 'd', {e}, [f]*, `id`, ; exit 1",
        "MODEL_TO_EDGE_MODEL_PATH=models of/2026",
        "MODEL_TO_EDGE_FORCE=true",
        "MODEL_TO_EDGE_JOB_NAME=odd-model-to-edge-convert",
        "MODEL_TO_EDGE_TOKEN_VARIABLE=EDGE_NOTES_TOKEN",
        "RUNNER_SCRIPT_TIMEOUT=1h30m2m",
      ]),
    );
  });

  it.each<[string, Record<string, string | null>, string[]]>([
    ["a push", {}, ["model-to-edge-convert on_success"]],
    [
      "a push to a branch with an open merge request",
      { CI_OPEN_MERGE_REQUESTS: "acme/vision/models!7" },
      // Where `workflow:` allows no merge request pipelines, it is the only one.
      ["model-to-edge-convert on_success"],
    ],
    [
      "the button",
      { CI_PIPELINE_SOURCE: "web" },
      ["model-to-edge-convert on_success"],
    ],
    ["a merge request", MERGE_REQUEST, ["model-to-edge-convert on_success"]],
    [
      "a child of it",
      { ...MERGE_REQUEST, CI_PIPELINE_SOURCE: "parent_pipeline" },
      ["model-to-edge-convert on_success"],
    ],
    [
      "a fork's merge request in this project",
      { ...MERGE_REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "9" },
      [],
    ],
    [
      "a fork's merge request in the fork",
      {
        ...MERGE_REQUEST,
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "9",
        CI_PROJECT_ID: "9",
      },
      [],
    ],
    [
      "a tag",
      {
        CI_COMMIT_TAG: "1.2.0",
        CI_COMMIT_REF_NAME: "1.2.0",
        CI_COMMIT_BRANCH: null,
      },
      [],
    ],
    ["a schedule", { CI_PIPELINE_SOURCE: "schedule" }, []],
    ["a trigger", { CI_PIPELINE_SOURCE: "trigger" }, []],
    ["another project's pipeline", { CI_PIPELINE_SOURCE: "pipeline" }, []],
  ])(
    "has by default for %s exactly the right jobs",
    async (_what, kind, jobs) => {
      expect(await jobsOf(kind)).toEqual(jobs);
    },
  );

  it.each([
    ["the variable", { MODEL_TO_EDGE_MODEL_BRANCH: "feature--foo" }, 1],
    ["a push's payload", { TRIGGER_PAYLOAD: '{"branch_id":"x"}' }, 1],
    ["neither", { TRIGGER_PAYLOAD: '{"ref":"main"}' }, 0],
  ])(
    "has with start-on: trigger the job of a trigger with %s",
    async (_, variables, count) => {
      const kind = { CI_PIPELINE_SOURCE: "trigger", ...variables };
      expect(await jobsOf(kind, "push.gitlab-ci.yml")).toHaveLength(count);
    },
  );

  it("has for a tag, a schedule and a manual start the jobs that its own rules say", async () => {
    const file = "cases.gitlab-ci.yml";
    const tag = {
      CI_COMMIT_TAG: "1.2.0",
      CI_COMMIT_REF_NAME: "1.2.0",
      CI_COMMIT_BRANCH: null,
    };
    expect(await jobsOf(tag, file)).toEqual([
      "release-model-to-edge-convert on_success",
    ]);
    expect(await jobsOf({ CI_PIPELINE_SOURCE: "schedule" }, file)).toEqual([
      "nightly-model-to-edge-convert on_success",
      "again-model-to-edge-convert manual",
    ]);
  });
});
