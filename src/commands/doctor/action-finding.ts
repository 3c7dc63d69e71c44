import { parse } from "yaml";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { ACTION_NAME, ACTION_PATH } from "../../gitlab/action/action-file.ts";
import type { ActionRun } from "../../store/actions.ts";
import type { Store } from "../../store/store.ts";
import { type Finding, missing } from "./finding.ts";

const WHAT = "push";
const LARGEST = 1 << 20;
const INIT = "model-to-edge init --lakefs-action";

/**
 * Whether the action that starts the pipeline lies on the branch that data branches are made from, and how its last run
 * ended. Nothing where the store starts nothing.
 */
export async function actionFindings(
  ctx: Pick<Context, "environment">,
  store: Store,
): Promise<Finding[]> {
  if (!store.actions) return [];
  const branch = ctx.environment.option("create-branch-from") ?? "main";

  try {
    if ((await store.head(branch)) === null)
      return [note(`the store has no branch ${branch} for the action`)];

    const snapshot = await store.snapshot(branch);
    const file = await snapshot.read(ACTION_PATH, LARGEST);
    if (file === null)
      return [
        note(`no action on ${branch}: a push to the store starts no pipeline`),
      ];

    const form = formOf(Buffer.from(file).toString());
    if (form === null)
      return [
        {
          ...{ what: WHAT, state: "wrong" },
          says: `${ACTION_PATH} on ${branch} is not the action that starts the pipeline: lakeFS may refuse every commit for it`,
          fix: INIT,
        },
      ];

    const run = await store.actions.lastRun(ACTION_NAME);
    return [runFinding(`the action (${form}) lies on ${branch}`, run)];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [missing(WHAT, error)];
  }
}

function note(says: string): Finding {
  return { what: WHAT, state: "note", says, fix: INIT };
}

/** `lua` or `webhook`; null where the text is not an action of ours. */
function formOf(text: string): string | null {
  let data: { name?: unknown; hooks?: { type?: unknown }[] } | null;
  try {
    data = parse(text, { logLevel: "error" });
  } catch {
    return null;
  }

  const type = Array.isArray(data?.hooks) ? data?.hooks[0]?.type : null;
  return data?.name === ACTION_NAME && (type === "lua" || type === "webhook")
    ? type
    : null;
}

/** A run that was never recorded is what lakeFS leaves where the token's variable is not set. */
function runFinding(where: string, run: ActionRun | null): Finding {
  if (run === null)
    return {
      ...{ what: WHAT, state: "note" },
      says: `${where}, and has not run`,
      fix: "commit to a data branch; where that starts nothing, the variable with the trigger token is not set in the lakeFS server's environment, or the branch is older than the action",
    };

  const at = `${run.startedAt.toISOString().slice(0, 16)}Z, branch ${run.branch}`;
  if (run.passed)
    return {
      ...{ what: WHAT, state: "ok" },
      says: `${where}; its last run (${at}) passed`,
    };

  const status = statusIn(run.output);
  const answer =
    status === null ? "without an answer" : `GitLab said ${status}`;

  return {
    ...{ what: WHAT, state: "wrong" },
    says: `${where}; its last run (${at}) failed: ${answer}`,
    fix: fixOf(status),
  };
}

/** GitLab's last answer in what a hook printed; both forms print HTTP's status. */
function statusIn(output: string): number | null {
  const found = [...output.matchAll(/\bHTTP(?:\/[\d.]+)? (\d{3})\b/g)].pop();
  return found ? Number(found[1]) : null;
}

function fixOf(status: number | null): string {
  if (status === null)
    return `lakeFS must reach GitLab, and know its certificate; where scripts may no longer call other servers, ${INIT} writes the other form`;
  if (status === 401 || status === 403 || status === 404)
    return "the trigger token in the lakeFS server's environment is not one of this project, or the project has another address: make a token (Settings, CI/CD, Pipeline trigger tokens), set it, start the server again";
  if (status === 400)
    return "no pipeline would have a job: the input start-on of the include must be trigger, the token's owner may have to be allowed to set pipeline variables (Settings, CI/CD, Variables)";

  return "run it again: commit to the data branch; see GitLab's own log";
}
