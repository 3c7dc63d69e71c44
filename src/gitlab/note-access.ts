import type { Environment } from "../environment/environment.ts";
import type { Pipeline } from "./pipeline.ts";

/** What a token for notes is, for those who have to make one. */
export const TOKEN_KIND =
  "a masked variable with a project access token, scope api, role Reporter or higher";

export interface NoteAccess {
  /** `CI_API_V4_URL`. */
  api: string;
  token: string;
  projectId: string;
  iid: number;
  /** Of the merge request. */
  url: string | null;
}

/** Where the note goes, or why none is written. `tokenVariable` is the name of the variable that holds the token. */
export function noteAccess(
  environment: Environment,
  pipeline: Pipeline,
  tokenVariable: string,
): NoteAccess | string {
  const { merge_request: mergeRequest } = pipeline.source;
  if (!pipeline.note.allowed || !mergeRequest)
    return pipeline.note.reason ?? "there is no merge request";

  const { api } = pipeline.links;
  if (api === null) return "CI_API_V4_URL is not set";

  const token = environment.named(tokenVariable);
  if (!token)
    return `the variable ${tokenVariable} is empty; it must be ${TOKEN_KIND}`;

  const { project_id: projectId, iid, url } = mergeRequest;

  return { api, token, projectId, iid, url };
}
