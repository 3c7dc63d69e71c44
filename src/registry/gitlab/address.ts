import type { Environment } from "../../environment/environment.ts";
import { UsageError } from "../../errors.ts";

/** A project's package registry, and who asks. */
export interface GitlabAddress {
  /** `gitlab:GROUP/PROJECT`, of the job's own project, too. */
  url: string;
  /** `https://HOST[/SUB]/api/v4`. */
  api: string;
  /** The project's number, or its path. */
  project: string;
  /** The project's pages, without a `/` at the end. */
  page: string;
  /** Sent in the header that GitLab documents for its kind. Never logged. */
  token: { header: "JOB-TOKEN" | "PRIVATE-TOKEN"; text: string };
}

/** A project's model registry, and a token that may write to it: the job's own may not. */
export type ModelRegistryAddress = Omit<GitlabAddress, "token"> & {
  /** Never logged. */
  token: string;
};

const PATH = /^gitlab:([A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)+)?$/;

/**
 * The registry that a URL names; null where it names none. A job's own token goes first to the job's own project; to
 * others the named token does. Throws `UsageError` where the job's variables or both tokens are missing.
 */
export function gitlabAddress(
  { ci, named }: Pick<Environment, "ci" | "named">,
  url: string,
  tokenVariable: string,
): GitlabAddress | null {
  const found = PATH.exec(url);
  if (!found) return null;

  const path = found[1] ?? null;
  const api = ci.apiUrl;
  const project = path ?? ci.projectId;
  if (api === null || project === null)
    throw new UsageError(
      `${api === null ? "CI_API_V4_URL" : "CI_PROJECT_ID"} is not set, so that ${url} names no project`,
      {
        code: "registry-unknown",
        hint: "run it in a GitLab job; elsewhere set CI_API_V4_URL=https://HOST/api/v4 and name the project: `gitlab:GROUP/PROJECT`",
      },
    );

  const host = api.replace(/\/api\/v4\/*$/, "");
  return {
    ...{ project, url: `gitlab:${path ?? ci.projectPath ?? project}` },
    api: `${host}/api/v4`,
    page:
      path === null
        ? (ci.projectUrl ?? `${host}/projects/${project}`)
        : `${host}/${path}`,
    token: tokenOf(
      { job: ci.jobToken, own: named(tokenVariable) },
      { isOwnProject: path === null, tokenVariable },
    ),
  };
}

function tokenOf(
  { job, own }: { job: string | null; own: string | null },
  {
    isOwnProject,
    tokenVariable,
  }: { isOwnProject: boolean; tokenVariable: string },
): GitlabAddress["token"] {
  if (job !== null && (isOwnProject || own === null))
    return { header: "JOB-TOKEN", text: job };
  if (own !== null) return { header: "PRIVATE-TOKEN", text: own };

  throw new UsageError(
    `neither CI_JOB_TOKEN nor ${tokenVariable} is set: GitLab takes packages from nobody else`,
    {
      code: "token-missing",
      hint: `every GitLab job has a CI_JOB_TOKEN; outside a job, set ${tokenVariable} to a token with scope api and role Developer or higher`,
    },
  );
}
