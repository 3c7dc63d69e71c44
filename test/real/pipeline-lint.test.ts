import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOST } from "../gitlab/lint/lint-rows.ts";
import { commandLine } from "../support/command-line.ts";
import {
  type ConsumerProject,
  makeConsumer,
  whyNoPipeline,
} from "./consumer-project.ts";

const REQUEST = { CI_OPEN_MERGE_REQUESTS: "acme/vision/models!7" };
/** Both pipelines of a push to a branch with an open merge request. */
const KINDS = [
  REQUEST,
  {
    ...REQUEST,
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "10",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
    CI_PROJECT_ID: "10",
    CI_COMMIT_BRANCH: null,
    CI_COMMIT_REF_NAME: "feature/new",
  },
];

describe.skipIf(whyNoPipeline())("what the lint says of a pipeline", () => {
  let consumer: ConsumerProject;
  beforeAll(() => {
    consumer = makeConsumer("#!/bin/sh\n");
  });
  afterAll(() => consumer?.remove());

  /** Whether gitlab-ci-local finds our job in one of the pipelines, and what doctor says. */
  async function look(file: string) {
    const path = join(consumer.folder, ".gitlab-ci.yml");
    // It reads the rules of jobs, not those of the pipeline: a job stands for the pipeline.
    const probed = file.replace("workflow:", "workflow-probe:\n  script: [x]");
    writeFileSync(path, probed);
    const lists = await Promise.all(
      KINDS.map((kind) => consumer.pipeline({ kind, words: ["--list-csv"] })),
    );
    const hasPipeline = (log: string) =>
      probed === file || /^"?workflow-probe/m.test(log);

    writeFileSync(path, file);
    const doctor = await commandLine(["doctor"], { cwd: consumer.folder });
    return {
      hasJob: lists.some(
        ({ log }) => hasPipeline(log) && /^"?model-to-edge-convert/m.test(log),
      ),
      says: doctor.stdout
        .split("\n")
        .filter((line) => line.includes(".gitlab-ci.yml:"))
        .join("\n"),
    };
  }

  it.each(LOST)(
    "is what gitlab-ci-local does: $what",
    async ({ file, says, cured }) => {
      const lost = await look(file);
      expect(lost).toEqual({
        hasJob: false,
        says: expect.stringMatching(says),
      });
      const found = await look(cured);
      expect(found).toEqual({
        hasJob: true,
        says: expect.stringMatching(/^ok .*has model-to-edge-convert/),
      });
    },
  );
});
