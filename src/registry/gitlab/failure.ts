import { type AppError, ExternalError, UsageError } from "../../errors.ts";
import {
  GitlabError,
  isOutage,
  isWithoutWay,
} from "../../gitlab/gitlab-error.ts";
import type { GitlabAddress } from "./address.ts";

/** The error for people of what GitLab answered; any other error as it is. `what`: the call, such as "writing FILE". */
export function packagesError(
  error: unknown,
  { url, token }: GitlabAddress,
  what: string,
): unknown {
  if (!(error instanceof GitlabError)) return error;

  const said = `${url}: ${what} failed: ${error.message}`;
  const withoutAnswer = unreachable(said, error);
  if (withoutAnswer) return withoutAnswer;
  if (error.status === 413)
    return new UsageError(said, {
      code: "release-too-large",
      hint: "raise the file size limit of GitLab's generic packages (5 GB by default) and of the proxy before it, or leave the file out of release.files",
    });

  return new UsageError(said, {
    code: "registry-refused",
    hint: hintFor(error.status, token.header),
  });
}

/** The error of a call that GitLab did not answer, for good or for now; null where it did. */
export function unreachable(said: string, error: GitlabError): AppError | null {
  const code = "registry-unreachable";
  if (isWithoutWay(error))
    return new UsageError(said, { code, hint: error.hint });
  if (!isOutage(error)) return null;

  return new ExternalError(said, {
    code,
    hint: "run the job again; if it fails again, look into GitLab's own log",
  });
}

function hintFor(
  status: number,
  header: GitlabAddress["token"]["header"],
): string {
  const isJob = header === "JOB-TOKEN";
  if (status === 401)
    return isJob
      ? "run it in a job: a CI_JOB_TOKEN lives as long as its job"
      : "the token is wrong, revoked or expired: make another one with scope api";
  if (status === 403)
    return isJob
      ? "let someone with the role Developer or higher in that project start the pipeline; a rule for protected packages may forbid it, too"
      : "give the token the scope api and the role Developer or higher; a rule for protected packages may forbid it, too";
  if (status === 404)
    return isJob
      ? "check the project's path, switch its package registry on, and for another project add this one to its job token allowlist (Settings > CI/CD > Job token permissions)"
      : "check the project's path and the token's rights, and switch the project's package registry on";

  return "read GitLab's own words above; a file may be over the limit of generic packages (5 GB by default)";
}
