import {
  Branches,
  Commits,
  Jobs,
  MergeRequestNotes,
  MergeRequests,
  Projects,
  Users,
} from "@gitbeaker/rest";
import type { Context } from "../context.ts";
import { GitlabError } from "./gitlab-error.ts";
import type { GitlabPatience } from "./patience.ts";
import { createRequester } from "./requester.ts";

/** The few calls that a note needs. gitbeaker is used here and in `registry/gitlab/packages.ts`: load them lazily. */
export interface GitlabClient {
  userId(): Promise<number>;
  /** All pages, oldest first, without system notes where the server can leave them out. */
  listNotes(): Promise<GitlabNote[]>;
  createNote(body: string): Promise<GitlabNote>;
  editNote(id: number, body: string): Promise<GitlabNote>;
  deleteNote(id: number): Promise<void>;
  /** A file for the texts of the project; answers its address as texts name it, `/uploads/…`. */
  upload(file: {
    name: string;
    bytes: Uint8Array<ArrayBuffer>;
  }): Promise<string>;
}

export interface GitlabNote {
  id: number;
  body: string;
  system: boolean;
  authorId: number;
  /** User name, "" where the server does not say it. */
  author: string;
}

export interface ClientOptions {
  /** `CI_API_V4_URL`. */
  apiUrl: string;
  token: string;
  mergeRequest: { projectId: string; iid: number };
  patience?: GitlabPatience;
}

// `activityFilter` is missing in gitbeaker's types, and passed on.
const EVERYTHING = {
  perPage: 100,
  sort: "asc",
  activityFilter: "only_comments",
} as const;

export function createClient(
  world: Pick<Context, "fetch" | "now" | "signal">,
  options: ClientOptions,
): GitlabClient {
  const { mergeRequest, token } = options;
  // gitbeaker adds /api/v4 by itself.
  const host = options.apiUrl.replace(/\/api\/v4\/*$/, "");
  const resource = {
    host,
    token,
    requesterFn: createRequester(world, token, options.patience),
    queryTimeout: null,
  };

  const notes = new MergeRequestNotes(resource);
  const { projectId, iid } = mergeRequest;

  return {
    userId: async () =>
      idOf(await new Users(resource).showCurrentUser(), "GET user"),
    listNotes: async () =>
      listOf(await notes.all(projectId, iid, EVERYTHING)).map((note) =>
        toNote(note, "GET notes"),
      ),
    createNote: async (body) =>
      toNote(await notes.create(projectId, iid, body), "POST notes"),
    editNote: async (id, body) =>
      toNote(await notes.edit(projectId, iid, id, { body }), "PUT notes"),
    deleteNote: (id) => notes.remove(projectId, iid, id),
    upload: async ({ name, bytes }) =>
      uploadOf(
        await new Projects(resource).uploadForReference(projectId, {
          content: new Blob([bytes], { type: "image/png" }),
          filename: name,
        }),
      ),
  };
}

function uploadOf(answer: unknown): string {
  const url = (answer as { url?: unknown } | null)?.url;
  if (typeof url === "string" && url.startsWith("/uploads/")) return url;
  throw new GitlabError(
    200,
    "POST uploads",
    "an answer without the file's url",
  );
}

/** Answers are checked, not trusted: a proxy may answer in the server's place. */
function toNote(answer: unknown, call: string): GitlabNote {
  const { body, system, author } = answer as {
    body?: unknown;
    system?: unknown;
    author?: { id?: unknown; username?: unknown } | null;
  };
  return {
    id: idOf(answer, call),
    body: String(body),
    system: system === true,
    authorId: Number(author?.id),
    author: typeof author?.username === "string" ? author.username : "",
  };
}

function idOf(answer: unknown, call: string): number {
  const id = (answer as { id?: unknown } | null)?.id;
  if (typeof id === "number") return id;
  throw new GitlabError(200, call, "an answer without id");
}

function listOf(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new GitlabError(200, "GET", "an answer that is not a list");
}

/** Calls about a project's history; answers as they came, for the caller to check. */
export interface ProjectClient {
  /** Commits of `from..to`, the newest first. */
  commitsBetween(from: string, to: string): Promise<unknown[]>;
  mergeRequestsOf(sha: string): Promise<unknown[]>;
  /** Pipelines of a merge request, the newest first. */
  pipelinesOf(iid: number): Promise<unknown[]>;
  /** Jobs of a pipeline, at most 100. */
  jobsOf(pipeline: number): Promise<unknown[]>;
  request(iid: number): Promise<unknown>;
  notesOf(iid: number): Promise<unknown[]>;
  branch(name: string): Promise<unknown>;
  /** Git branches, at most 5000. */
  branches(): Promise<unknown[]>;
  /** Requests that were merged into a branch and changed since a time (ISO 8601), at most 300. */
  mergedInto(branch: string, since: string): Promise<unknown[]>;
  /** Commits of a merge request, with their messages, at most 100. */
  commitsOf(iid: number): Promise<unknown[]>;
  /** Open requests of a source branch. */
  openFrom(branch: string): Promise<unknown[]>;
}

export interface ProjectClientOptions {
  /** `CI_API_V4_URL`. */
  apiUrl: string;
  /** A job's own token is sent in another header than a project's. */
  token: { kind: "token" | "job"; text: string };
  projectId: string;
  patience?: GitlabPatience;
}

export function createProjectClient(
  world: Pick<Context, "fetch" | "now" | "signal">,
  { apiUrl, token, projectId, patience }: ProjectClientOptions,
): ProjectClient {
  const host = apiUrl.replace(/\/api\/v4\/*$/, "");
  const requesterFn = createRequester(world, token.text, patience);
  const identity =
    token.kind === "job" ? { jobToken: token.text } : { token: token.text };
  const resource = { host, requesterFn, queryTimeout: null, ...identity };
  const commits = new Commits(resource);
  const requests = new MergeRequests(resource);
  const page = { perPage: 100 } as const;

  return {
    commitsBetween: async (from, to) =>
      listOf(
        await commits.all(projectId, {
          ...page,
          maxPages: 3,
          refName: `${from}..${to}`,
        }),
      ),
    mergeRequestsOf: async (sha) =>
      listOf(await commits.allMergeRequests(projectId, sha, page)),
    pipelinesOf: async (iid) =>
      listOf(
        await requests.allPipelines(projectId, iid, { ...page, maxPages: 1 }),
      ),
    jobsOf: async (pipelineId) =>
      listOf(
        await new Jobs(resource).all(projectId, {
          ...page,
          pipelineId,
          maxPages: 1,
        }),
      ),
    request: (iid) => requests.show(projectId, iid),
    notesOf: async (iid) =>
      listOf(
        await new MergeRequestNotes(resource).all(projectId, iid, EVERYTHING),
      ),
    branch: (name) => new Branches(resource).show(projectId, name),
    branches: async () =>
      listOf(
        await new Branches(resource).all(projectId, { ...page, maxPages: 50 }),
      ),
    mergedInto: async (targetBranch, updatedAfter) =>
      listOf(
        await requests.all({
          ...{ ...page, maxPages: 3, projectId, targetBranch, updatedAfter },
          ...{ state: "merged", orderBy: "updated_at", sort: "desc" },
        }),
      ),
    commitsOf: async (iid) =>
      listOf(
        await requests.allCommits(projectId, iid, { ...page, maxPages: 1 }),
      ),
    openFrom: async (sourceBranch) =>
      listOf(
        await requests.all({
          ...{ ...page, maxPages: 1, projectId, sourceBranch },
          state: "opened",
        }),
      ),
  };
}
