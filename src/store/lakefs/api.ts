import { actionCalls } from "./action-calls.ts";
import { branchCalls } from "./branch-calls.ts";
import { commitCalls } from "./commit-calls.ts";
import { objectCalls } from "./object-calls.ts";
import type { Send, SendForBytes } from "./request.ts";
import { restOf } from "./rest.ts";
import { userCalls } from "./user-calls.ts";

/** The calls of lakeFS's REST API that a store needs, each by the name of its operation in `/openapi.json`. */
export type LakefsApi = ReturnType<typeof lakefsApi>;

export function lakefsApi(
  send: Send,
  sendForBytes: SendForBytes,
  repository: string,
) {
  const rest = restOf(send, sendForBytes, repository);
  return {
    ...branchCalls(rest),
    ...objectCalls(rest),
    ...commitCalls(rest),
    ...userCalls(rest),
    ...actionCalls(rest),
  };
}
