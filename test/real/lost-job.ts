import { type CommandRun, commandLine } from "../support/command-line.ts";
import { faultProxy, isMerge } from "../support/fault-proxy.ts";
import type { LakefsServer } from "../support/lakefs-server.ts";
import type { ToyLakefs } from "./toy-lakefs.ts";

/** A pipeline of the branch `main`. */
export const CI = {
  ...{ GITLAB_CI: "true", CI_PROJECT_ID: "10", CI_PROJECT_PATH: "a/b" },
  ...{ CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" },
  ...{ CI_COMMIT_REF_NAME: "main", CI_COMMIT_SHA: "a".repeat(40) },
};

/** A job of GitLab whose runner is lost just before its result becomes visible. */
export async function lostJob(
  server: LakefsServer,
  { cwd, repository }: ToyLakefs,
  env: Record<string, string> = {},
): Promise<CommandRun> {
  const proxy = await faultProxy(server.endpoint);
  const isolation = "MODEL_TO_EDGE_SIGNING_KEY" in env ? "auto" : "none";
  const run = await commandLine(
    [
      ...["run", "--store", `lakefs://${repository}`],
      ...["--model-branch", "main", "--isolation", isolation],
      ...["--config", "conversion.yaml", "--out", "lost"],
    ],
    {
      cwd,
      env: {
        ...server.env,
        ...CI,
        ...env,
        LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
      },
      started: (child) =>
        proxy.before(isMerge, async () => {
          child.kill("SIGKILL");
          await new Promise((resolve) => setTimeout(resolve, 300));
        }),
    },
  );
  await proxy.close();

  return run;
}
