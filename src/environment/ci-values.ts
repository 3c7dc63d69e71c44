import { UsageError } from "../errors.ts";
import { plainUrl } from "../text/plain-url.ts";
import { serverUrl } from "./server-url.ts";

/** Environment variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A positive whole number, null where unset. Throws where it is something else: a wrong id must not become another one. */
export function positiveId(name: string, variables: Variables): number | null {
  const text = variables[name];
  if (!text) return null;

  const value = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(value)) return value;

  throw new UsageError(
    `${name} must be a positive whole number, not ${JSON.stringify(text.slice(0, 60))}`,
    {
      code: "pipeline-variable",
      hint: "GitLab sets this variable: look for a job, a project setting or a runner that overrides it",
    },
  );
}

/** `path@group/project` and addresses are not in the checkout. */
export function configPathIn(text: string | null): string | null {
  const path = text ?? ".gitlab-ci.yml";
  return /^[\w./-]+$/.test(path) && !path.split("/").includes("..")
    ? path
    : null;
}

/** Milliseconds of an ISO 8601 time, null where it is none. */
export function timeIn(text: string | null): number | null {
  const time = Date.parse(text ?? "");
  return Number.isFinite(time) ? time : null;
}

/** A positive number of seconds, null where it is none. */
export function seconds(text: string | null): number | null {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** Forty zeros stand for no commit. */
export function commitIn(text: string | null): string | null {
  return text === null || /^0*$/.test(text) ? null : text;
}

/** Addresses go into links, so only those of the web count. */
export function webUrl(text: string | null): string | null {
  return text && serverUrl(text) && /^https?:\/\/[^\s<>"'`\\]+$/.test(text)
    ? plainUrl(text).replace(/\/+$/, "")
    : null;
}

/** A variable that a pipeline of a merge or pull request always has. */
export function missing(name: string): UsageError {
  return new UsageError(
    `${name} is not set, although this is a merge request pipeline`,
    {
      code: "pipeline-variable",
      hint: "GitLab sets this variable: look for a job, a project setting or a runner that clears it",
    },
  );
}
