import type { Context } from "../../context.ts";
import { type AppError, ExternalError, UsageError } from "../../errors.ts";
import { clockWrong } from "../refusals.ts";
import { Blocked, Garbled, NoAnswer, Refusal } from "../transfer/errors.ts";
import { objectOf } from "../transfer/object-step.ts";
import type { S3 } from "../transfer/s3-calls.ts";
import type { Timing } from "../transfer/timing.ts";
import type { Patience } from "../transfer/tried.ts";
import { watchServer } from "../transfer/watch-server.ts";
import type { LakefsApi } from "./api.ts";
import { readHookRefusal } from "./hook-refusal.ts";
import { missingError } from "./missing.ts";
import { hookHint } from "./outcomes.ts";

/** What every part of the lakeFS store works with. */
export interface Repository {
  name: string;
  endpoint: string;
  api: LakefsApi;
  /** Loaded with the first transfer: the S3 client is large. */
  s3(): Promise<S3>;
  timing: Timing;
  ctx: Pick<Context, "signal" | "log" | "now">;
}

/** What carries bytes to and fro. */
export async function carrierOf({
  s3,
  timing,
  ctx,
}: Repository): Promise<Patience & { s3: S3 }> {
  const made = await s3();
  const watch = watchServer(ctx, `lakeFS's S3 gateway at ${made.endpoint}`);

  return { s3: made, timing, signal: ctx.signal, server: made.server, watch };
}

/** Runs calls to the server; what is left of their failures is told to people. */
export async function toldToPeople<T>(
  repository: Pick<Repository, "name" | "endpoint" | "api">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Blocked)
      throw new UsageError(
        `lakeFS at ${repository.endpoint}: ${error.message}`,
        { code: error.code, hint: error.hint },
      );

    if (error instanceof Garbled)
      throw new ExternalError(
        `lakeFS at ${repository.endpoint} does not answer${objectOf(error, " ")} like lakeFS: ${error.message}`,
        {
          code: "not-lakefs",
          hint: "set LAKECTL_SERVER_ENDPOINT_URL to the root of a lakeFS server; check for a proxy or a login page in front of it. If something on the network changes bytes, run again",
        },
      );

    if (!(error instanceof Refusal || error instanceof NoAnswer)) throw error;

    // It may ask the server for more.
    throw await toldToPeople(repository, () => explain(repository, error));
  }
}

async function explain(
  { name, endpoint, api }: Pick<Repository, "name" | "endpoint" | "api">,
  error: Refusal | NoAnswer,
): Promise<AppError> {
  if (error instanceof NoAnswer)
    return new ExternalError(
      `lakeFS at ${endpoint} does not answer${objectOf(error, " ")}: ${error.message}`,
      {
        code: "store-unreachable",
        hint: "check LAKECTL_SERVER_ENDPOINT_URL, and that this machine can reach it; otherwise run again later",
      },
    );

  switch (error.kind) {
    case "auth":
      if (/Skewed/.test(error.message))
        return clockWrong(`lakeFS at ${endpoint}`);
      return new UsageError(`lakeFS at ${endpoint} rejects the credentials`, {
        code: "credentials-wrong",
        hint: "check LAKECTL_CREDENTIALS_ACCESS_KEY_ID and LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY (in GitLab, a protected variable is only set on protected branches)",
      });
    case "missing":
      return missingError({ name, endpoint, api }, error);
    case "protected":
      return new UsageError(
        `lakeFS does not allow writing to repository ${name}: ${error.message}`,
        {
          code: "protected",
          hint: "the repository is read-only, or a branch protection rule covers the hidden branches mte-draft-*: narrow the rule to the branches that people use",
        },
      );
    case "hook":
      return hookError({ name, endpoint }, error.message);
    default:
      return new ExternalError(
        `lakeFS at ${endpoint} answered ${error.status}${objectOf(error, " to ")}: ${error.message}`,
        {
          code: "store-failed",
          hint: "run again later; see the server's own log",
        },
      );
  }
}

function hookError(
  { name, endpoint }: Pick<Repository, "name" | "endpoint">,
  message: string,
): AppError {
  const refusal = readHookRefusal(message);
  const log = `its log: ${endpoint}/repositories/${name}/actions`;
  if (refusal.outage)
    return new ExternalError(
      `${refusal.who} in repository ${name} did not run: ${refusal.says}`,
      { code: "hook", hint: `run again when it is fixed; ${log}` },
    );

  return new UsageError(
    `${refusal.who} in repository ${name} refuses: ${refusal.says}`,
    { code: "hook", hint: `${hookHint(refusal.event)}; ${log}` },
  );
}
