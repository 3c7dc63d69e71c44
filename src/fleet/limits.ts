import { UsageError } from "../errors.ts";

/** Characters of a job's name. */
export const JOB_NAME = 255;
/** Bytes of a generated child pipeline's file. */
const FILE = 5 * 1024 * 1024;
/** Jobs of one pipeline in the largest plan of GitLab.com, and in the smallest. */
const JOBS = 2000;
const JOBS_EVERYWHERE = 500;

/**
 * What GitLab would refuse of a child pipeline, before it is asked. Throws `UsageError` that says which limit and what
 * to set. `warning`: a number of jobs that some instances refuse.
 */
export function checkLimits(pipeline: { text: string; jobs: number }): {
  warning: string | null;
} {
  const bytes = Buffer.byteLength(pipeline.text);
  if (pipeline.jobs > JOBS)
    throw tooLarge(
      `the child pipeline has ${pipeline.jobs} jobs, GitLab allows at most ${JOBS} in a pipeline`,
    );
  if (bytes > FILE)
    throw tooLarge(
      `the child pipeline's file has ${bytes} bytes, GitLab allows at most ${FILE}`,
    );

  return {
    warning:
      pipeline.jobs > JOBS_EVERYWHERE
        ? `the child pipeline has ${pipeline.jobs} jobs: a free GitLab.com project allows ${JOBS_EVERYWHERE}; set max-jobs lower if GitLab refuses it`
        : null,
  };
}

function tooLarge(message: string): UsageError {
  return new UsageError(message, {
    code: "child-pipeline-too-large",
    hint: "set `--max-jobs` (input max-jobs) lower: a job then converts several models",
  });
}
