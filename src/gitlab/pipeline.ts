import type { CiVariables } from "../environment/ci-variables.ts";
import { UsageError } from "../errors.ts";
import { checkInputBranch, mapBranchName } from "./branch-name.ts";
import {
  NOT_FOR_US,
  type NoteRights,
  noteRights,
  noteTarget,
} from "./note-rights.ts";
import type { Source } from "./source.ts";

/** What the run knows about its pipeline; read once, afterwards nobody says `CI_`. Holds no token. */
export interface Pipeline {
  source: Source;
  inCi: boolean;
  /** The store's branch, null where none belongs to this pipeline: see `reason`. */
  branch: string | null;
  branchFrom:
    | "input"
    | "merge_request"
    | "branch"
    | "external_pull_request"
    | "local"
    | null;
  reason: string | null;
  /** Nobody named the branch, so a missing one is no mistake: default of `missing-branch` is then skip, else fail. */
  automatic: boolean;
  /** Why nothing may be published, else null. */
  withheld: string | null;
  /** May a note be written, and if not, why. */
  note: NoteRights;
  /** For people who know CI and wonder. */
  warnings: string[];
  /** `CI_PIPELINE_IID`: counts up in a project, so that a newer pipeline can be told from an older one. 0 outside CI. */
  iid: number;
  jobName: string | null;
  /** Of Git; null outside CI. */
  defaultBranch: string | null;
  links: PipelineLinks;
}

export interface PipelineLinks {
  /** `https://HOST[/SUB]/api/v4`. */
  api: string | null;
  project: string | null;
  mergeRequest: string | null;
  pipeline: string | null;
  job: string | null;
}

export interface PipelineInput {
  /** The setting `model-branch`. */
  modelBranch: string | null;
  /** Git's branch and commit in the working directory, for runs outside CI. */
  local?: { branch: string | null; sha: string | null } | null;
}

type Found = Pick<Pipeline, "branch" | "branchFrom" | "reason" | "withheld"> & {
  kind: Source["kind"];
  ref: string | null;
};

const NOBODY = { branch: null, branchFrom: null, withheld: null };
const KNOWN =
  /^(push|web|webide|merge_request_event|parent_pipeline|pipeline|schedule|api|trigger|chat)$/;

/**
 * Says which branch of the store belongs to this pipeline, and what it may do, see docs/branches.md.
 * Order: the input, the merge request, the tag, the external pull request, the branch. Throws `UsageError` where
 * nothing names a branch, or where a variable that must be a number is none.
 */
export function readPipeline(
  variables: CiVariables,
  input: PipelineInput,
): Pipeline {
  checkInputBranch(input.modelBranch);

  const found = withInput(
    variables.inCi ? findRef(variables) : findLocal(input),
    input.modelBranch,
  );

  const mergeRequest = noteTarget(variables);
  const links: PipelineLinks = {
    api: variables.apiUrl,
    project: variables.projectUrl,
    mergeRequest: mergeRequest?.url ?? null,
    pipeline: variables.pipelineUrl,
    job: variables.jobUrl,
  };

  return {
    source: {
      kind: found.kind,
      git_ref: found.ref,
      git_sha: variables.inCi ? variables.sha : (input.local?.sha ?? null),
      project: variables.projectPath,
      merge_request: mergeRequest,
      pipeline_url: links.pipeline,
      job_url: links.job,
    },
    inCi: variables.inCi,
    branch: found.branch,
    branchFrom: found.branchFrom,
    reason: found.reason,
    automatic: variables.inCi && input.modelBranch === null,
    withheld: found.withheld,
    note: noteRights(variables, mergeRequest),
    warnings: warningsOf(variables),
    iid: variables.inCi ? variables.pipelineNumber : 0,
    jobName: variables.jobName,
    defaultBranch: variables.defaultBranch,
    links,
  };
}

function findRef(variables: CiVariables): Found {
  const { mergeRequest, externalPull, tag, branch } = variables;
  if (NOT_FOR_US.test(variables.source))
    return {
      ...NOBODY,
      kind: "external",
      ref: null,
      reason: `${variables.source} pipelines convert nothing`,
    };

  if (mergeRequest) {
    const { fork, sourceBranch, eventType } = mergeRequest;
    return {
      ...{
        kind: "merge_request",
        ref: sourceBranch,
        branchFrom: "merge_request",
        reason: null,
      },
      branch: mapBranchName(sourceBranch, fork),
      withheld: withheldBecause(eventType, fork),
    };
  }

  if (tag) {
    const reason = `the tag ${tag} belongs to no branch: name one with model-branch`;
    return { ...NOBODY, kind: "tag", ref: tag, reason };
  }

  if (externalPull) {
    const kind = { kind: "external", ref: externalPull.sourceBranch } as const;
    if (externalPull.fork)
      return {
        ...NOBODY,
        ...kind,
        reason:
          "a pull request from a fork of the external repository converts nothing",
      };

    return {
      ...kind,
      ...named(externalPull.sourceBranch, "external_pull_request"),
    };
  }

  const ref =
    branch ?? (variables.source === "chat" ? variables.defaultBranch : null);
  if (ref) return { kind: "branch", ref, ...named(ref, "branch") };

  return { ...NOBODY, kind: "branch", ref: null, reason: null };
}

function findLocal({ local }: PipelineInput): Found {
  const ref = local?.branch ?? null;
  if (ref) return { kind: "local", ref, ...named(ref, "local") };
  return { ...NOBODY, kind: "local", ref: null, reason: null };
}

function named(
  ref: string,
  from: NonNullable<Pipeline["branchFrom"]>,
): Omit<Found, "kind" | "ref"> {
  return {
    branch: mapBranchName(ref),
    branchFrom: from,
    reason: null,
    withheld: null,
  };
}

/** The input wins over the ref's own branch, but gives no rights: a fork stays a fork. */
function withInput(found: Found, modelBranch: string | null): Found {
  const notForUs = found.kind === "external" && found.reason !== null;
  if (modelBranch !== null && !notForUs)
    return { ...found, branch: modelBranch, branchFrom: "input", reason: null };
  if (found.branch !== null || found.reason !== null) return found;

  throw new UsageError(
    "no branch of the store belongs to this run: it has neither a merge request nor a Git branch",
    {
      code: "no-branch",
      hint: "name the branch with `--model-branch` (the input model-branch of the component)",
    },
  );
}

function withheldBecause(
  eventType: string | null,
  fork: number | null,
): string | null {
  if (fork !== null)
    return `the merge request comes from a fork (project ${fork})`;
  if (eventType === "merge_train")
    return "a merge train also contains other merge requests";
  return null;
}

function warningsOf({ inCi, source }: CiVariables): string[] {
  if (
    !inCi ||
    KNOWN.test(source) ||
    NOT_FOR_US.test(source) ||
    source === "external_pull_request_event"
  )
    return [];
  return [
    `CI_PIPELINE_SOURCE is ${JSON.stringify(source)}, which is unknown: the other variables decide`,
  ];
}
