import { randomBytes } from "node:crypto";
import {
  type ActionAbility,
  type ActionRun,
  OWN_KEYS,
  type PushedCommit,
  type StoreActions,
} from "../actions.ts";
import { DRAFT_PREFIX, nameDraft } from "../draft-name.ts";
import { isRefusal } from "../transfer/errors.ts";
import { uploadBytes } from "../transfer/upload.ts";
import type { LakefsApi } from "./api.ts";
import type { CommitFacts } from "./commit-calls.ts";
import { carrierOf, type Repository, toldToPeople } from "./repository.ts";

/** Where lakeFS looks for actions. */
const FOLDER = "_lakefs_actions/";
/** Commits and runs that are looked at. */
const LOOK_BACK = 100;
const NEWEST_RUNS = 50;
/** Characters of a hook's output that are handed on. */
const MOST_OUTPUT = 8_000;

/** What lakeFS says of pushes and of the actions that they start. */
export function lakefsActions(repository: Repository): StoreActions {
  const { api } = repository;
  const told = <T>(work: () => Promise<T>) => toldToPeople(repository, work);

  return {
    commit: (id) =>
      told(async () => {
        const found = await api.getCommit(id);
        return found && pushed(found);
      }),
    newestPush: (branch) =>
      told(async () => {
        const log = await api.logCommits(branch, LOOK_BACK);
        const commits = log.filter(({ parents }) => parents.length < 2);
        return commits.map(pushed).find(({ isOurs }) => !isOurs) ?? null;
      }),
    probe: (from) => told(() => probe(repository, from)),
    lastRun: (action) => told(() => lastRun(api, action)),
  };
}

/** Runs for our own commits are left out: they start nothing, and would hide a failure. */
async function lastRun(
  api: LakefsApi,
  action: string,
): Promise<ActionRun | null> {
  for (const run of await api.actionRuns(NEWEST_RUNS)) {
    if (run.branch.startsWith(DRAFT_PREFIX)) continue;

    const hooks = await api.hookRuns(run.id);
    const hook = hooks.find((each) => each.action === action);
    const commit = hook && (await api.getCommit(run.commit));
    if (!hook || (commit && pushed(commit).isOurs)) continue;

    const output = (await api.hookOutput(run.id, hook.id)) ?? "";
    const { branch, startedAt } = run;

    return {
      ...{ branch, startedAt, passed: hook.passed },
      output: output.slice(0, MOST_OUTPUT),
    };
  }

  return null;
}

function pushed({ id, createdAt, metadata }: CommitFacts): PushedCommit {
  return {
    id,
    madeAt: createdAt,
    isOurs: Object.keys(metadata).some((key) => key.startsWith(OWN_KEYS)),
  };
}

const PROBE = "model-to-edge probe";
const PROBE_FILE = `name: ${PROBE}
on:
  pre-commit:
hooks:
  - id: net_http
    type: lua
    properties:
      script: |
        require("net/http")
`;

/** A script that only loads the module passes where it is there; where no script ran at all, the server has no actions. */
async function probe(
  repository: Repository,
  from: string,
): Promise<ActionAbility> {
  const { api, ctx } = repository;
  const { id } = nameDraft({
    ...{ branch: from, base: from, owner: "probe", now: ctx.now() },
    unique: randomBytes(6).toString("hex"),
  });

  await api.createBranch(id, from, true);
  try {
    const others: string[] = [];
    for await (const { path } of api.listObjects(id, FOLDER)) others.push(path);
    await api.deleteObjects(id, others);

    const up = await carrierOf(repository);
    const file = Buffer.from(PROBE_FILE);
    await uploadBytes(up, file, `${id}/${FOLDER}model-to-edge-probe.yaml`);
    await commitOrRefused(repository, id);

    return await abilityOf(repository, id);
  } finally {
    await api.deleteBranch(id, ctx.signal.aborted);
  }
}

/** A hook that fails refuses the commit: its own run says more. */
async function commitOrRefused(
  { api }: Repository,
  branch: string,
): Promise<void> {
  const metadata = { [`${OWN_KEYS}probe`]: branch };
  try {
    await api.commit(branch, { message: "what may an action do?", metadata });
  } catch (error) {
    if (!isRefusal(error, "hook")) throw error;
  }
}

async function abilityOf(
  { api }: Repository,
  branch: string,
): Promise<ActionAbility> {
  for (const run of await api.actionRuns(NEWEST_RUNS, branch)) {
    const hooks = await api.hookRuns(run.id);
    const hook = hooks.find(({ action }) => action === PROBE);
    if (hook) return hook.passed ? "lua" : "webhook";
  }

  return "off";
}
