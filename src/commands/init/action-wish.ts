import { parseDuration } from "../../config/duration.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import type {
  ActionForm,
  ActionWish,
} from "../../gitlab/action/action-file.ts";
import { projectApi } from "../../gitlab/action/project-api.ts";
import { gitLines } from "../../gitlab/git.ts";
import type { StoreActions } from "../../store/actions.ts";
import type { Flags } from "../command-io.ts";

const LONGEST_QUIET_MS = 600_000;

/**
 * What the flags, the clone and the lakeFS server say of the action. Throws `UsageError` where the server runs no such
 * action, or GitLab's project is not known.
 */
export async function readActionWish(
  ctx: Context,
  actions: StoreActions,
  flags: Flags,
): Promise<ActionWish> {
  const tokenVariable = checkTokenVariable(String(flags["token-env"]));
  const projectApi = await projectOf(ctx, flags.project);
  const branch = String(flags["data-branch"]);

  return {
    ...{
      tokenVariable,
      projectApi,
      quietSeconds: quietSeconds(String(flags.quiet)),
    },
    defaultBranch: await defaultBranchOf(ctx, flags["git-branch"]),
    modelPath: ctx.environment.option("model-path") ?? "model",
    form: await chooseForm(ctx, actions, flags, branch),
  };
}

/** lakeFS hands no other variables to actions. */
function checkTokenVariable(name: string): string {
  if (/^LAKEFSACTION_[A-Za-z0-9_]+$/.test(name)) return name;

  throw new UsageError(
    `--token-env ${JSON.stringify(name.slice(0, 100))} is not a variable that lakeFS hands to actions`,
    {
      code: "setting",
      hint: "name one that begins with LAKEFSACTION_, such as LAKEFSACTION_MODEL_TO_EDGE_TOKEN; never the token itself",
    },
  );
}

function quietSeconds(text: string): number {
  const milliseconds = /^0s?$/.test(text) ? 0 : parseDuration(text);
  if (milliseconds !== null && milliseconds <= LONGEST_QUIET_MS)
    return Math.round(milliseconds / 1000);

  throw new UsageError(
    `--quiet must be a duration of at most ten minutes, such as 30s, not ${JSON.stringify(text.slice(0, 40))}`,
    { code: "setting", hint: "write a number with s or m" },
  );
}

async function chooseForm(
  { log }: Pick<Context, "log">,
  actions: StoreActions,
  flags: Flags,
  branch: string,
): Promise<ActionForm> {
  const asked = flags["lakefs-action"];
  if (asked !== true && asked !== "lua" && asked !== "webhook")
    throw new UsageError(
      `--lakefs-action is lua or webhook, not ${JSON.stringify(asked)}`,
      { code: "setting", hint: "leave the form out: the server is asked" },
    );

  const ability = await actions.probe(branch);
  if (ability === "off")
    throw new UsageError("this lakeFS server runs no actions", {
      code: "actions-off",
      hint: "set LAKEFS_ACTIONS_ENABLED=true for the server, and start it again",
    });
  if (asked === "lua" && ability === "webhook")
    throw new UsageError(
      "scripts of this lakeFS server reach no other server",
      {
        code: "actions-off",
        hint: "set LAKEFS_ACTIONS_LUA_NET_HTTP_ENABLED=true for the server and start it again, or leave the form out",
      },
    );

  log.info(
    ability === "lua"
      ? "this lakeFS server's scripts may call GitLab: form lua"
      : "this lakeFS server's scripts reach no other server: form webhook",
  );

  return asked === true ? ability : asked;
}

async function projectOf(ctx: Context, given: Flags[string]): Promise<string> {
  const { apiUrl, projectId } = ctx.environment.ci;
  const [remote] = (await gitLines(ctx, "remote", "get-url", "origin")) ?? [];
  const ofJob = apiUrl && projectId ? `${apiUrl}/projects/${projectId}` : null;
  const text = given === undefined ? (ofJob ?? remote ?? "") : String(given);

  const found = projectApi(text);
  if (found !== null) return found;

  throw new UsageError("the project in GitLab is not known", {
    code: "setting",
    hint: "name it: `--project https://gitlab.example.com/group/project`, or its address in the API, https://gitlab.example.com/api/v4/projects/7",
  });
}

async function defaultBranchOf(
  ctx: Context,
  given: Flags[string],
): Promise<string> {
  if (given !== undefined) return String(given);

  const [head] =
    (await gitLines(ctx, "symbolic-ref", "refs/remotes/origin/HEAD")) ?? [];

  return (
    ctx.environment.ci.defaultBranch ??
    head?.replace("refs/remotes/origin/", "") ??
    "main"
  );
}
