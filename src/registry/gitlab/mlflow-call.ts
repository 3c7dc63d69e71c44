import { objectIn } from "../../document/json-object.ts";
import { GitlabError, messageOf } from "../../gitlab/gitlab-error.ts";
import { pauseOf } from "../../gitlab/retry-after.ts";
import type { ModelRegistryAddress } from "./address.ts";
import { heard, type World } from "./transfer.ts";

/** MLflow's word for what is not there; a 404 without it is about the project, or the token. */
export const MISSING = "RESOURCE_DOES_NOT_EXIST";

/** An answer of GitLab's MLflow API. */
export interface MlflowAnswer {
  /** `POST model-versions/create`, for messages. */
  name: string;
  status: number;
  /** MLflow's `error_code`; "" where there is none. */
  word: string;
  /** The error in words. */
  says: string;
  body: Record<string, unknown> | null;
}

/** One try of a call; a POST where there is a body. Throws `GitlabError` where no answer came, or one that a retry may cure. */
export async function askMlflow(
  world: World,
  {
    address: { api, project, token },
    path,
    limitMs,
  }: { address: ModelRegistryAddress; path: string; limitMs: number },
  body?: object,
): Promise<MlflowAnswer> {
  const base = `${api}/projects/${encodeURIComponent(project)}/ml/mlflow/api/2.0/mlflow`;
  const method = body === undefined ? "GET" : "POST";
  const name = `${method} ${path.replace(/\?.*/, "")}`;
  const limit = AbortSignal.timeout(limitMs);
  const call = { name, limitMs };

  const response = await heard(world, call, () =>
    world.fetch(`${base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // The token goes to GitLab alone.
      redirect: "manual",
      signal: AbortSignal.any([world.signal, limit]),
    }),
  );
  const text = await heard(world, call, () => response.text());
  const { status, headers } = response;
  const data = objectIn(text);
  const word = String(data?.error_code ?? "");
  const said = data?.message ?? data?.error ?? word;
  const says = messageOf(data && { ...data, message: said }, text);
  if (status === 429 || status >= 500)
    throw new GitlabError(status, name, says, {
      pauseMs: pauseOf(headers, world.now()),
    });

  return { name, status, word, says, body: data };
}
