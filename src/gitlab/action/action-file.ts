import { LUA_SCRIPT } from "./lua-script.ts";

/** Where lakeFS looks for it, on the branch that is pushed to. */
export const ACTION_PATH = "_lakefs_actions/model-to-edge.yaml";
/** Its name in lakeFS's list of runs. */
export const ACTION_NAME = "model-to-edge";

export type ActionForm = "lua" | "webhook";

export interface ActionWish {
  form: ActionForm;
  /** The project's address in GitLab's API, such as `https://gitlab.example.com/api/v4/projects/7`. */
  projectApi: string;
  /** Git's default branch. */
  defaultBranch: string;
  /** Variable of the lakeFS server that holds the trigger token. */
  tokenVariable: string;
  /** Folder of the models on a data branch, without a `/` at the end. */
  modelPath: string;
  /** Seconds without a newer commit before the pipeline is started; of form `lua` alone. */
  quietSeconds: number;
}

/** The action's text. Holds no token: lakeFS puts it in from its own environment. */
export function actionFile(wish: ActionWish): string {
  return wish.form === "lua" ? luaFile(wish) : webhookFile(wish);
}

const EVENTS = ["post-commit", "post-merge", "post-revert", "post-cherry-pick"];

function luaFile(wish: ActionWish): string {
  const { projectApi, defaultBranch, modelPath, quietSeconds } = wish;
  const script = LUA_SCRIPT.replace(/^(?=.)/gm, "        ");

  return `${HEAD}on:
${EVENTS.map((event) => `  ${event}:\n`).join("")}hooks:
  - id: start_pipeline
    type: lua
    properties:
      args:
        url: ${JSON.stringify(`${projectApi}/trigger/pipeline`)}
        token: ${tokenOf(wish)}
        default_branch: ${JSON.stringify(defaultBranch)}
        models: ${JSON.stringify(`${modelPath}/`)}
        quiet_seconds: ${quietSeconds}
      script: |
${script}`;
}

/**
 * lakeFS calls GitLab itself. It cannot look at the commit, so events are chosen by which our own commits make none: a
 * publication is a commit on a hidden branch and a merge, never a commit on a branch that people use.
 */
function webhookFile(wish: ActionWish): string {
  const { projectApi, defaultBranch } = wish;
  const ref = encodeURIComponent(defaultBranch);
  const branches = allBut("mte-draft-").map((pattern) => `'${pattern}'`);
  const [first, ...others] = EVENTS.filter((event) => event !== "post-merge");

  return `${HEAD}on:
  ${first}:
    # All but the hidden branches that publications are made on.
    branches: &people [${branches.join(", ")}]
${others.map((event) => `  ${event}:\n    branches: *people\n`).join("")}hooks:
  - id: start_pipeline
    type: webhook
    properties:
      url: ${JSON.stringify(`${projectApi}/ref/${ref}/trigger/pipeline`)}
      timeout: 30s
      query_params:
        token: ${tokenOf(wish)}
`;
}

const HEAD = `# Written by model-to-edge init --lakefs-action: a push to lakeFS starts GitLab's pipeline.
name: ${ACTION_NAME}
`;

function tokenOf({ tokenVariable }: ActionWish): string {
  return `"{{ ENV.${tokenVariable} }}"`;
}

/** Patterns (Go's \`path.Match\`) that together take every name but those that begin with the prefix. */
function allBut(prefix: string): string[] {
  return [...prefix].flatMap((letter, at) => {
    const before = prefix.slice(0, at);
    const other = `${before}[^${letter === "-" ? "\\-" : letter}]*`;
    return at === 0 ? [other] : [before, other];
  });
}
