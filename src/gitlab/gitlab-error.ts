import { AppError, EXIT, type ExitCode } from "../errors.ts";
import type { TryAgain } from "../retry.ts";
import { plainLine } from "../text/plain-text.ts";

/** What the server said. Holds no request, so that no log can show the token. */
export class GitlabError extends AppError {
  /** What GitLab refuses, no retry cures. */
  readonly exitCode: ExitCode;
  /** 0 where no answer came. */
  readonly status: number;
  /** Why another try may help; null where it cannot. */
  readonly again: TryAgain | null;

  constructor(
    status: number,
    call: string,
    said: string,
    again: TryAgain | null = null,
  ) {
    const isForGood = isWithoutWay({ status, again }) || isRefusal(status);
    super(`GitLab answered ${status || "nothing"} to ${call}: ${said}`, {
      code: isOutage({ status }) ? "gitlab-unreachable" : "gitlab-refused",
      hint: hintFor({ status, again }),
    });
    this.exitCode = isForGood ? EXIT.usage : EXIT.external;
    this.status = status;
    this.again = again;
  }
}

/** GitLab says `message` (text or object), or `error` with `error_description`; a proxy says HTML. */
export function messageOf(body: unknown, text: string): string {
  const { message, error, error_description } = (body ?? {}) as Record<
    string,
    unknown
  >;

  const said =
    error_description ?? message ?? error ?? text.replaceAll(/<[^>]*>/g, " ");

  return (
    plainLine(typeof said === "string" ? said : JSON.stringify(said), 300) ||
    "no message"
  );
}

/** A server may echo what it was sent. */
export function withoutToken(
  error: GitlabError,
  token: string,
  call: string,
): GitlabError {
  if (!error.message.includes(token)) return error;
  return new GitlabError(
    error.status,
    call,
    "the answer contains the token and is not shown",
    error.again,
  );
}

function hintFor(error: Pick<GitlabError, "status" | "again">): string {
  if (isWithoutWay(error))
    return "check CI_API_V4_URL, proxies and certificates";
  if (error.status === 401 || error.status === 403)
    return "give the token the scope api and the role Reporter or higher";

  return "run the job again later; see GitLab's own log";
}

/** No answer, and no other try can bring one: a port, a certificate, a proxy. */
export function isWithoutWay({
  status,
  again,
}: Pick<GitlabError, "status" | "again">): boolean {
  return status === 0 && again === null;
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** No answer, too many calls, or the server's own failure: what a retry may cure. */
export function isOutage({ status }: Pick<GitlabError, "status">): boolean {
  return status === 0 || status === 429 || status >= 500;
}
