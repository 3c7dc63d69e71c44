import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRequest {
  iid: number;
  state: string;
  source_branch: string;
  target_branch: string;
  source_project_id: number | null;
  target_project_id: number;
  title: string;
  web_url: string;
  merged_at: string | null;
  sha: string;
  merge_commit_sha: string | null;
  squash_commit_sha: string | null;
}

/** A project's history as GitLab's documented API tells it: commits, merge requests, pipelines, branches, notes. */
export interface FakeProject {
  api: string;
  requests: FakeRequest[];
  /** Commits that belong to a request beside its own marks. */
  commits: Map<string, number[]>;
  /** Messages of the commits of a request. */
  messages: Map<number, string[]>;
  /** `from..to`, the newest first. */
  ranges: Map<string, string[]>;
  /** Statuses of the pipelines of a request, the newest first. */
  pipelines: Map<number, string[]>;
  branches: Set<string>;
  notes: {
    iid: number;
    id: number;
    body: string;
    author: { id: number };
    system: boolean;
  }[];
  calls: string[];
  /** What a job token gets 403 for; a token may do all. */
  jobTokenSees: RegExp;
  /** Called with each call, before it is answered. */
  onCall: ((call: string) => void | Promise<void>) | null;
  close(): Promise<void>;
}

export const PROJECT_TOKEN = "glpat-project-token";
export const JOB_TOKEN = "glcbt-job-token";

type Answer = [status: number, body: unknown];

export async function startFakeProject(): Promise<FakeProject> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const call = `${request.method} ${(request.url ?? "").replace(/^\/api\/v4\/projects\/10/, "")}`;
      fake.calls.push(call);
      await fake.onCall?.(call);
      const job = request.headers["job-token"] === JOB_TOKEN;
      if (!job && request.headers["private-token"] !== PROJECT_TOKEN)
        return send(response, [401, { message: "401 Unauthorized" }]);
      if (job && !fake.jobTokenSees.test(call))
        return send(response, [403, { message: "403 Forbidden" }]);
      send(response, answer(fake, call, Buffer.concat(parts).toString()));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeProject = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
    ...{ requests: [], notes: [], calls: [], onCall: null },
    commits: new Map(),
    messages: new Map(),
    ranges: new Map(),
    pipelines: new Map(),
    branches: new Set(["main"]),
    jobTokenSees: /^GET \/repository\/commits\/[^/?]+\/merge_requests/,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

function answer(fake: FakeProject, call: string, text: string): Answer {
  const [method = "", target = ""] = call.split(" ");
  const [path = "", query = ""] = target.split("?");
  if (path === "/api/v4/user") return [200, { id: 5 }];
  const ofCommit = /^\/repository\/commits\/([^/]+)\/merge_requests$/.exec(
    path,
  );
  if (ofCommit) return [200, requestsOf(fake, ofCommit[1] ?? "")];
  if (path === "/repository/commits") {
    const range = new URLSearchParams(query).get("ref_name") ?? "";
    return [200, (fake.ranges.get(range) ?? []).map((id) => ({ id }))];
  }
  if (path === "/merge_requests") return [200, listed(fake, query)];
  if (path === "/repository/branches")
    return [200, [...fake.branches].map((name) => ({ name }))];
  const branch = /^\/repository\/branches\/(.+)$/.exec(path);
  if (branch) {
    const name = decodeURIComponent(branch[1] ?? "");
    return fake.branches.has(name)
      ? [200, { name }]
      : [404, { message: "404 Branch Not Found" }];
  }
  const pipelines = /^\/merge_requests\/(\d+)\/pipelines$/.exec(path);
  if (pipelines)
    return [
      200,
      (fake.pipelines.get(Number(pipelines[1])) ?? []).map((status, id) => ({
        id,
        status,
      })),
    ];
  const one = fake.requests.find(
    ({ iid }) => path === `/merge_requests/${iid}`,
  );
  if (one)
    return [
      200,
      { ...one, head_pipeline: { status: fake.pipelines.get(one.iid)?.[0] } },
    ];
  const commits = /^\/merge_requests\/(\d+)\/commits$/.exec(path);
  if (commits)
    return [
      200,
      (fake.messages.get(Number(commits[1])) ?? []).map((message) => ({
        message,
      })),
    ];
  const notes = /^\/merge_requests\/(\d+)\/notes(?:\/(\d+))?$/.exec(path);
  if (notes)
    return note(fake, method, Number(notes[1]), Number(notes[2]), text);
  return [404, { message: "404 Not Found" }];
}

/** `GET /projects/:id/merge_requests`, as far as it is used. */
function listed({ requests }: FakeProject, query: string): FakeRequest[] {
  const asked = new URLSearchParams(query);
  const is = (key: string, value: string | null) =>
    !asked.has(key) || asked.get(key) === value;

  return requests.filter(
    (request) =>
      is("state", request.state) &&
      is("target_branch", request.target_branch) &&
      is("source_branch", request.source_branch) &&
      (request.merged_at ?? "") >= (asked.get("updated_after") ?? ""),
  );
}

function requestsOf(
  { requests, commits }: FakeProject,
  sha: string,
): FakeRequest[] {
  const also = commits.get(sha) ?? [];
  return requests.filter(
    (request) =>
      [
        request.sha,
        request.merge_commit_sha,
        request.squash_commit_sha,
      ].includes(sha) || also.includes(request.iid),
  );
}

function note(
  fake: FakeProject,
  method: string,
  iid: number,
  id: number,
  text: string,
): Answer {
  if (method === "GET")
    return [200, fake.notes.filter((one) => one.iid === iid)];
  if (method === "POST") {
    const made = {
      iid,
      id: 100 + fake.notes.length,
      body: JSON.parse(text).body,
      author: { id: 5 },
      system: false,
    };
    fake.notes.push(made);
    return [201, made];
  }
  const found = fake.notes.find((one) => one.id === id);
  if (!found) return [404, { message: "404 Not Found" }];
  if (method === "PUT") found.body = JSON.parse(text).body;
  else fake.notes.splice(fake.notes.indexOf(found), 1);
  return method === "PUT" ? [200, found] : [204, null];
}
