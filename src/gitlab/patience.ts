import type { RetryPolicy } from "../retry.ts";

/** How long calls to GitLab may take, in milliseconds. */
export interface GitlabPatience extends RetryPolicy {
  /** For one try. */
  requestMs: number;
  /** For all tries of all calls of a client. */
  totalMs: number;
}

export const PATIENCE: GitlabPatience = {
  requestMs: 20_000,
  totalMs: 90_000,
  pauseMs: 500,
  longestPauseMs: 60_000,
};
