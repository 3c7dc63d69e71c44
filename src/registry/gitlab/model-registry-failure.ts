import { UsageError } from "../../errors.ts";
import { GitlabError, withoutToken } from "../../gitlab/gitlab-error.ts";
import type { ModelRegistryAddress } from "./address.ts";
import { unreachable } from "./failure.ts";

/** The error for people of what GitLab's model registry answered; any other error as it is. `what`: the call, such as "writing FILE". */
export function registryError(
  error: unknown,
  { url, token }: ModelRegistryAddress,
  what: string,
): unknown {
  if (!(error instanceof GitlabError)) return error;

  const { message } = withoutToken(error, token, what);
  const said = `${url}: model registry: ${what} failed: ${message}`;
  const withoutAnswer = unreachable(said, error);
  if (withoutAnswer) return withoutAnswer;

  return new UsageError(said, {
    code: "registry-refused",
    hint: hintFor(error.status),
  });
}

function hintFor(status: number): string {
  if (status === 401 || status === 403)
    return "give the model registry a personal, project or group access token with the scope api and the role Developer or higher";
  if (status === 413)
    return "raise the file size limit of GitLab's model packages and of the proxy before it";

  return "read GitLab's own words above";
}
