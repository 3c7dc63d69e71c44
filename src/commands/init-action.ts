import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { type AppError, ExternalError, UsageError } from "../errors.ts";
import {
  ACTION_PATH,
  type ActionWish,
  actionFile,
} from "../gitlab/action/action-file.ts";
import { isStoreBranch } from "../gitlab/branch-name.ts";
import type { StoreActions } from "../store/actions.ts";
import { nameDraft } from "../store/draft-name.ts";
import { openStore } from "../store/open.ts";
import type { PublishOutcome, Store } from "../store/store.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { readActionWish } from "./init/action-wish.ts";
import { lineDiff } from "./init/line-diff.ts";

/** Bytes of an action's file that is there already. */
const LARGEST = 1 << 20;
/** Nobody waits here for a server that restarts. */
const PATIENCE_MS = 20_000;

/**
 * Shows the action by which a push to lakeFS starts GitLab's pipeline as a difference to what the data branch has, and
 * with `--yes` commits it there. Throws `UsageError` where the server runs no actions, or GitLab's project is not known.
 */
export async function initAction(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const branch = String(flags["data-branch"]);
  const store = await openStore(ctx, String(flags.store), {
    ...{ webUrl: null, patienceMs: PATIENCE_MS },
  });

  try {
    const actions = actionsOf(store);
    await store.verify();
    const head = await headOf(store, branch);
    const wish = await readActionWish(ctx, actions, flags);
    const is = actionFile(wish);
    const was = await (await store.snapshot(branch, head)).read(
      ACTION_PATH,
      LARGEST,
    );
    const changes = lineDiff(was ? Buffer.from(was).toString() : "", is);
    if (changes.length === 0)
      return ctx.log.info(
        `nothing to write: ${ACTION_PATH} on ${branch} is as it should be`,
      );

    io.print(
      `${[`${ACTION_PATH} on ${branch} of ${store.url}:`, ...changes].join("\n")}\n`,
    );
    if (flags.yes !== true)
      return ctx.log.info("nothing was written: --yes commits it");

    await write(ctx, store, { branch, base: head }, is);
    for (const line of nextSteps(wish, branch)) ctx.log.info(line);
  } finally {
    await store.close();
  }
}

function actionsOf(store: Store): StoreActions {
  if (store.actions) return store.actions;

  throw new UsageError(
    `${store.url} has no server that can start a pipeline on a push`,
    { code: "store-url", hint: "name the store with `--store lakefs://…`" },
  );
}

async function headOf(store: Store, branch: string): Promise<string> {
  const head = isStoreBranch(branch) ? await store.head(branch) : null;
  if (head !== null) return head;

  throw new UsageError(`there is no branch ${branch} in ${store.url}`, {
    code: "branch-missing",
    hint: "name the data branch that others are made from with `--data-branch`",
  });
}

/** One merge of one commit, as a publication makes it: a protected branch takes it, too. */
async function write(
  ctx: Context,
  store: Store,
  { branch, base }: { branch: string; base: string },
  text: string,
): Promise<void> {
  const draft = store.draft(
    nameDraft({
      ...{ branch, base, owner: "init", now: ctx.now() },
      unique: randomBytes(6).toString("hex"),
    }),
  );

  try {
    const outcome = await draft.publish(
      [],
      () => ({
        write: new Map([[ACTION_PATH, Buffer.from(text)]]),
        ...{ keep: [], remove: [] },
      }),
      {
        message: "a push starts GitLab's pipeline",
        metadata: { "model-to-edge.action": ACTION_PATH },
        prefixes: ["_lakefs_actions/"],
      },
    );
    if (!("commit" in outcome)) throw refusalOf(outcome);

    ctx.log.info(
      `written: ${ACTION_PATH} on ${branch}, commit ${outcome.commit}`,
    );
  } finally {
    await draft.discard();
  }
}

/** A branch that is gone or takes nothing is for people to change; the others may end well another time. */
function refusalOf({
  status,
  message,
  hint,
}: Exclude<PublishOutcome, { commit: string }>): AppError {
  if (status === "gone")
    return new UsageError(message, { code: "branch-missing", hint });
  if (status === "protected")
    return new UsageError(message, { code: "protected", hint });

  return new ExternalError(message, { code: "store-failed", hint });
}

function nextSteps(
  { tokenVariable, form }: ActionWish,
  branch: string,
): string[] {
  return [
    `next: make a trigger token in GitLab (Settings, CI/CD, Pipeline trigger tokens), set it as ${tokenVariable} in the environment of the lakeFS server, and start the server again`,
    "then: the input `start-on: trigger` in the include of .gitlab-ci.yml",
    `data branches that exist already do not have the action: merge ${branch} into them`,
    ...(form === "webhook"
      ? [
          "this form does not see merges that people make in lakeFS: commits alone start a pipeline",
        ]
      : []),
  ];
}
