// What is measured of a fleet: plan and run of an unchanged branch, and the landing of a branch whose models are all new.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fleetCommand } from "./fleet-models.mjs";
import { testSupport } from "./test-support.mjs";

/** What `measured` says of `plan` or `run` on `main`. Throws where a model is not unchanged. */
export async function unchanged(fleet, command, count) {
  const took = await fleetCommand(fleet, [
    ...[command, "--model-branch", "main"],
    ...["--out", join(fleet.out, command)],
  ]);
  if (!took.output.includes(`${count} models unchanged`))
    throw new Error(`${command} of ${count} models:\n${took.output}`);

  return took;
}

/** What `land` writes before it checks a model. */
const CHECKING = ": checking its published files again";

/**
 * What `measured` says of `land` after a merge request whose data branch has `count` published models more than `main`.
 * GitLab is the tests' stand-in. `beside`: seconds and processor time before the first model is checked and from the last
 * one on. Throws where not all of them land.
 */
export async function landed(fleet, branch, count) {
  const { startFakeProject, JOB_TOKEN, PROJECT_TOKEN } =
    await testSupport("fake-project");
  const gitlab = await startFakeProject();
  const merge = createHash("sha1").update(branch).digest("hex");
  gitlab.requests.push(mergedRequest(branch, merge));

  try {
    const took = await fleetCommand(
      fleet,
      ["land", "--wait", "0", "--out", join(fleet.out, "land")],
      {
        GITLAB_CI: "true",
        ...{ CI_API_V4_URL: gitlab.api, CI_PROJECT_ID: "10" },
        ...{ CI_PROJECT_PATH: "a/b", CI_PIPELINE_SOURCE: "push" },
        ...{ CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" },
        ...{ CI_COMMIT_REF_NAME: "main", CI_COMMIT_SHA: merge },
        CI_COMMIT_BEFORE_SHA: "0".repeat(40),
        ...{ CI_JOB_TOKEN: JOB_TOKEN, MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN },
      },
    );
    const checked = took.output.split(CHECKING).length - 1;
    if (checked !== count || !/landed on main, commit/.test(took.output))
      throw new Error(`land: ${checked} of ${count}:\n${took.output}`);

    return { ...took, beside: besideChecks(took) };
  } finally {
    await gitlab.close();
  }
}

/** The check of the last model is in it. */
function besideChecks({ seconds, cpu, told }) {
  const checks = told.filter(({ text }) => text.includes(CHECKING));
  const [first, last] = [checks.at(0), checks.at(-1)];

  return {
    seconds: first.seconds + seconds - last.seconds,
    cpu: first.cpu + cpu - last.cpu,
  };
}

function mergedRequest(branch, merge) {
  return {
    ...{ iid: 7, state: "merged", title: "A thousand models" },
    ...{ source_branch: branch, target_branch: "main" },
    ...{ source_project_id: 10, target_project_id: 10 },
    web_url: "https://git.test/a/b/-/merge_requests/7",
    merged_at: new Date().toISOString(),
    ...{ sha: merge, merge_commit_sha: merge, squash_commit_sha: null },
  };
}
