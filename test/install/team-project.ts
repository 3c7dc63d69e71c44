import { mkdirSync } from "node:fs";
import {
  gitIn,
  gitlabCiLocal,
  gitRewrite,
  wordsOf,
} from "../real/consumer-project.ts";
import type { ClosedNetwork } from "./closed-network.ts";

/** A team's project of a GitLab, its files as `write` leaves them in the checkout. */
export function makeTeamProject(folder: string, write: () => void): void {
  mkdirSync(folder);
  const git = gitIn(folder);
  git("init", "-q", "-b", "main");
  git(
    ...["remote", "add", "origin"],
    "https://gitlab.example.org/acme/vision/models.git",
  );
  write();
  git("add", ".");
  git("commit", "-q", "-m", "The models' project");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
}

/** Runs the pipeline of a push to main; the component comes from the bare repository `component`. */
export function runTeamPipeline(
  net: ClosedNetwork,
  folder: string,
  component: string,
  env: { PATH: string; HOME: string; MODEL_TO_EDGE_CACHE: string },
): { code: number | null; log: string } {
  const { MODEL_TO_EDGE_CACHE, ...own } = env;
  const words = wordsOf(".state", {
    kind: { CI_COMMIT_BRANCH: "main", CI_COMMIT_REF_NAME: "main" },
    variables: { MODEL_TO_EDGE_CACHE, MODEL_TO_EDGE_FORCE: "true" },
  });
  const { status, stdout, stderr } = net.run(
    [process.execPath, gitlabCiLocal(), ...words],
    { cwd: folder, env: { ...gitRewrite(component), ...own } },
  );

  return { code: status, log: stdout + stderr };
}
