import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { parseDocument } from "../../document/document.ts";
import { UsageError } from "../../errors.ts";
import { RELEASE_FILE } from "../layout.ts";
import type { Release } from "../release.ts";
import { artifactPath, artifactRoot } from "./artifact-path.ts";
import type { MlflowClient } from "./client.ts";
import type { MlflowVersion } from "./versions.ts";

/** `release.json` of a version. Throws `UsageError` where it is gone or damaged. */
export async function readRelease(
  client: MlflowClient,
  { source, number }: MlflowVersion,
): Promise<Release> {
  const where = `${client.base}: ${RELEASE_FILE} of version ${number}`;
  const root = artifactRoot(source);
  const response =
    root === null ? null : await client.download(`${root}/${RELEASE_FILE}`);
  if (!response)
    throw new UsageError(`${where} is gone`, {
      code: "release-damaged",
      hint: "look who removed it, and delete the version in MLflow",
    });

  return (await parseDocument(
    await response.text(),
    where,
    "release",
  )) as Release;
}

/** Streams a file of a version into a new local one; false where it is not there. */
export async function downloadFile(
  client: MlflowClient,
  { source }: MlflowVersion,
  name: string,
  path: string,
): Promise<boolean> {
  const root = artifactRoot(source);
  const response =
    root === null ? null : await client.download(artifactPath(root, name));
  if (!response?.body) return false;

  await pipeline(
    Readable.fromWeb(response.body as ReadableStream),
    createWriteStream(path),
  );
  return true;
}
