import { type AppError, ExternalError, UsageError } from "../../errors.ts";
import { readDraftName } from "../draft-name.ts";
import type { Refusal } from "../transfer/errors.ts";
import type { LakefsApi } from "./api.ts";
import { orNull } from "./rest.ts";

const SHOWN = 20;

interface Place {
  name: string;
  endpoint: string;
  api: LakefsApi;
}

/** What people are told of an answer 404: lakeFS gives it for a repository and for all that lies in it. */
export async function missingError(
  { name, endpoint, api }: Place,
  { subject, message }: Refusal,
): Promise<AppError> {
  // Nobody misspells a commit: the server has named it.
  if (subject?.kind === "commit")
    return new ExternalError(
      `lakeFS at ${endpoint} does not find a commit or an object that it listed before: ${message}`,
      {
        code: "store-contradicts",
        hint: "run again; if it fails again, the commit was removed meanwhile, or something on the network changes the server's answers",
      },
    );

  const isThere =
    subject?.kind !== "repository" &&
    (await orNull(api.getRepository())) !== null;
  if (!isThere)
    return new UsageError(
      `lakeFS at ${endpoint}: not found in repository ${name}: ${message}`,
      {
        code: "store-missing",
        hint: `check the repository's name with \`lakectl repo list\`, or create it: \`lakectl repo create lakefs://${name} STORAGE\``,
      },
    );

  if (subject?.kind === "branch" || subject?.kind === "ref")
    return branchMissing(api, subject.name);

  const what = subject ? subject.name : "what it was asked for";
  return new ExternalError(
    `lakeFS at ${endpoint} does not find ${what} in repository ${name}: ${message}`,
    {
      code: "changed-under-us",
      hint: "run again; someone may have removed it during the run",
    },
  );
}

/** The error that names the branches that are there; of a draft, that it is gone. */
export async function branchMissing(
  api: LakefsApi,
  branch: string,
): Promise<AppError> {
  if (readDraftName(branch))
    return new ExternalError(`the hidden branch ${branch} is gone`, {
      code: "draft-lost",
      hint: "run again; a sweep may have removed it",
    });

  const known: string[] = [];
  for await (const { id } of api.listBranches(""))
    if (!readDraftName(id) && known.length < SHOWN) known.push(id);

  return new UsageError(`branch ${branch} does not exist in the store`, {
    code: "branch-missing",
    hint: `name one of the branches there: ${known.join(", ")}`,
  });
}
