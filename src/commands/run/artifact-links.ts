import { join, relative } from "node:path";
import type { Context } from "../../context.ts";
import { modelFolders } from "../../convert/workspace.ts";
import type { NoteLinks } from "../../report/note-links.ts";

/** Addresses of the job's artifacts: they hold for this very job. */
export interface ArtifactLinks
  extends Pick<NoteLinks, "job" | "report" | "artifacts" | "engineLog"> {
  /** Of a file by its absolute path: as it is, not on a page. */
  raw(path: string): string | null;
}

const NO_FILES = { raw: () => null, engineLog: () => null };

/** Each is null outside of a GitLab job. */
export function artifactLinks(
  { environment }: Pick<Context, "environment">,
  out: string,
): ArtifactLinks {
  const job = environment.ci.jobUrl;
  const project = environment.ci.projectFolder;
  if (job === null || project === null)
    return { report: null, artifacts: null, job, ...NO_FILES };

  const pathOf = (path: string) =>
    relative(project, path).split("/").map(encodeURIComponent).join("/");

  return {
    job,
    raw: (path) => `${job}/artifacts/raw/${pathOf(path)}`,
    report: `${job}/artifacts/file/${pathOf(join(out, "report/report.html"))}`,
    artifacts: `${job}/artifacts/browse/${pathOf(out)}`,
    engineLog: (name) =>
      `${job}/artifacts/file/${pathOf(modelFolders(out, name).log)}`,
  };
}
