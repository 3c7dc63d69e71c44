import { expect, it, onTestFinished } from "vitest";
import { sendNote } from "../../../src/commands/run/send-note.ts";
import { readSettings } from "../../../src/config/settings.ts";
import type { Context } from "../../../src/context.ts";
import { readEnvironment } from "../../../src/environment/environment.ts";
import { startFakeGitlab } from "../../support/fake-gitlab.ts";
import { recorder } from "../../support/log-recorder.ts";
import { sampleSummary } from "../../support/report-samples.ts";

it("a job of an older pipeline that published says that it may have replaced a newer result", async () => {
  const gitlab = await startFakeGitlab();
  onTestFinished(() => gitlab.close());
  const says = async (number: string, status: "published" | "unchanged") => {
    const environment = readEnvironment({
      GITLAB_CI: "true",
      CI_API_V4_URL: gitlab.api,
      CI_PROJECT_ID: "10",
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_PIPELINE_IID: number,
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_PROJECT_ID: "10",
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "better",
      MODEL_TO_EDGE_TOKEN: "glpat-our-secret-token",
    });
    const { log, text } = recorder();
    const ctx = {
      ...{ environment, log, fetch, now: () => new Date() },
      ...{ signal: new AbortController().signal, version: "1", docs: "" },
    } as unknown as Context;
    const summary = sampleSummary();
    await sendNote(
      ctx,
      readSettings({ store: "file:///s" }, environment),
      {
        ...summary,
        publication: { ...summary.publication, status },
      },
      { note: "text", places: [] } as never,
    );
    return text();
  };

  const warning = "may have replaced its result: run the newer pipeline's job";
  expect(await says("32", "published")).not.toContain(warning);
  expect(await says("31", "unchanged")).not.toContain(warning);
  expect(await says("31", "published")).toContain(warning);
});
