import { isRendered } from "../layout.ts";
import type { Release } from "../release.ts";
import { restoreFiles } from "../restore-files.ts";
import type { LocalFile } from "../target.ts";
import { artifactRoot } from "./artifact-path.ts";
import type { MlflowClient } from "./client.ts";
import { MLMODEL, mlmodelFile } from "./model-file.ts";
import { logArtifact } from "./run.ts";
import type { MlflowVersion } from "./versions.ts";

/**
 * Puts back what somebody removed of a version's files, and of `MLmodel`, without which MLflow loads nothing; whether
 * anything was missing. A model card is people's own. Throws as `restoreFiles` does.
 */
export async function restoreVersion(
  client: MlflowClient,
  { source, number }: MlflowVersion,
  { there, files }: { there: Release; files: readonly LocalFile[] },
): Promise<boolean> {
  const root = artifactRoot(source);
  // Its `release.json` was read from there.
  if (root === null) return false;

  const written = there.files.filter(({ name }) => !isRendered(name));
  const sizes = await listedSizes(client, root, [
    MLMODEL,
    ...written.map(({ name }) => name),
  ]);

  const isRestored = await restoreFiles(
    {
      url: client.base,
      shown: (name) => `${name} of version ${number}`,
      sizes: async () => sizes,
      write: ({ name, file, size }) =>
        logArtifact(client, root, name, { file, size }),
    },
    { written, files },
  );
  if (sizes.has(MLMODEL)) return isRestored;

  await logArtifact(client, root, MLMODEL, { bytes: mlmodelFile(there) });
  return true;
}

/** Bytes of the files that lie in the folders of these names, by name: MLflow lists one folder at a time. */
async function listedSizes(
  client: MlflowClient,
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const folders = names.map((name) => name.slice(0, name.lastIndexOf("/") + 1));

  for (const folder of new Set(folders)) {
    const answer = await client.call({
      ...{ method: "GET", api: "mlflow-artifacts", path: "artifacts" },
      data: { path: `${root}/${folder}`.replace(/\/$/, "") },
      what: `listing the files of ${root}`,
    });
    for (const file of filesIn(answer?.files))
      if (!file.is_dir)
        sizes.set(`${folder}${file.path}`, Number(file.file_size ?? 0));
  }

  return sizes;
}

interface ListedFile {
  path?: unknown;
  is_dir?: unknown;
  /** Absent of an empty file. */
  file_size?: unknown;
}

/** Absent where there is no such folder. */
function filesIn(files: unknown): ListedFile[] {
  return Array.isArray(files) ? files : [];
}
