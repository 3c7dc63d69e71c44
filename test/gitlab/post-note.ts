import { afterEach, beforeEach } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { type NoteOutcome, postNote } from "../../src/gitlab/note.ts";
import type { NoteMode } from "../../src/gitlab/note-exchange.ts";
import {
  markerKey,
  type NoteFacts,
  withMarker,
} from "../../src/gitlab/note-marker.ts";
import { readPipeline } from "../../src/gitlab/pipeline.ts";
import { uploadPicture } from "../../src/gitlab/upload-picture.ts";
import { renderHistory } from "../../src/report/note-history.ts";
import {
  type FakeGitlab,
  nextId,
  startFakeGitlab,
} from "../support/fake-gitlab.ts";

const TOKEN = "glpat-our-secret-token";
/** Short pauses; the time is more than a busy machine takes. */
const QUICK = {
  requestMs: 20_000,
  totalMs: 60_000,
  pauseMs: 1,
  longestPauseMs: 4,
};

export const ROUTE = "/projects/10/merge_requests/7/notes";

export const FACTS: NoteFacts = {
  kind: "run",
  branch: "feature--foo",
  commit: "c1",
  outcome: "published",
};

/** What a test changes of the pipeline and of the note. */
export interface Change {
  body?: string;
  iid?: number;
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
  key?: string;
  mode?: Partial<NoteMode>;
  says?: string;
  /** How long GitLab is waited for, in milliseconds. */
  totalMs?: number;
}

/** A GitLab for each test, and a job that writes its note there. */
export function useNotes() {
  let gitlab: FakeGitlab;
  beforeEach(async () => {
    gitlab = await startFakeGitlab();
  });
  afterEach(() => gitlab.close());

  return {
    get gitlab() {
      return gitlab;
    },

    post: (change: Change = {}) => post(gitlab.api, change),

    uploadPicture: (png: Uint8Array<ArrayBuffer>, env: Change["env"] = {}) =>
      uploadPicture(jobOf(gitlab.api, { env }), {
        ...pipelineOf(gitlab.api, { env }),
        png,
        patience: QUICK,
      }),

    /** A note that is there already. */
    seed(body: string, author = 5, system = false): number {
      const id = nextId(gitlab);
      gitlab.notes.push({
        id,
        body,
        system,
        author: { id: author, username: `user-${author}` },
      });
      return id;
    },

    bodies: () => gitlab.notes.map(({ body }) => body),

    calls: (method: string) =>
      gitlab.calls.filter((call) => call.startsWith(method)),
  };
}

/** A note of ours, from the pipeline of that number. */
export function ours(iid: number, body = "old", key = "convert"): string {
  const marker = { key: markerKey(key), iid, sha: "abc", facts: FACTS };
  return withMarker(marker, body);
}

type Job = Pick<Change, "env" | "iid" | "signal">;

function jobOf(api: string, { env = {}, iid = 31, signal }: Job) {
  const environment = readEnvironment({
    GITLAB_CI: "true",
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_PIPELINE_IID: String(iid),
    CI_COMMIT_SHA: "c0ffee",
    CI_API_V4_URL: api,
    CI_JOB_URL: "https://git.test/sub/acme/vision/-/jobs/5001",
    CI_JOB_TOKEN: "glcbt-64_job",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "10",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
    CI_MERGE_REQUEST_PROJECT_URL: "https://git.test/sub/acme/vision",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/foo",
    NOTES_TOKEN: TOKEN,
    ...env,
  });

  return {
    environment,
    fetch,
    now: () => new Date(),
    signal: signal ?? new AbortController().signal,
  };
}

function pipelineOf(api: string, job: Job) {
  const { ci } = jobOf(api, job).environment;

  return {
    pipeline: readPipeline(ci, { modelBranch: null }),
    tokenVariable: "NOTES_TOKEN",
  };
}

function post(api: string, change: Change): Promise<NoteOutcome> {
  const {
    body = "### ✅ `detector` may ship\n\nall of it",
    key = "convert",
    mode = {},
    says = "detector may ship",
    totalMs = QUICK.totalMs,
  } = change;

  return postNote(jobOf(api, change), {
    ...pipelineOf(api, change),
    body,
    key,
    facts: FACTS,
    says,
    mode: { keepsEarlier: false, onlyEdits: false, ...mode },
    renderHistory,
    patience: { ...QUICK, totalMs },
  });
}
