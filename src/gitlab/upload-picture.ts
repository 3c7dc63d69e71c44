import type { Context } from "../context.ts";
import { hashBytes } from "../disk/hash-file.ts";
import { GitlabError } from "./gitlab-error.ts";
import { noteAccess } from "./note-access.ts";
import type { GitlabPatience } from "./patience.ts";
import type { Pipeline } from "./pipeline.ts";

export interface PictureUpload {
  pipeline: Pipeline;
  /** Name of the variable that holds the token. */
  tokenVariable: string;
  png: Uint8Array<ArrayBuffer>;
  patience?: GitlabPatience;
}

/** `url` as texts of the project name it, `/uploads/…`; else why there is none. */
export type Uploaded = { url: string } | { why: string };

/**
 * Uploads a picture to the project of the merge request, where it outlives the job's artifacts. GitLab keeps uploads for
 * ever: a picture that a note of ours shows already is not uploaded again. What GitLab refuses is told and never thrown.
 */
export async function uploadPicture(
  ctx: Pick<Context, "environment" | "fetch" | "now" | "signal">,
  { pipeline, tokenVariable, png, patience }: PictureUpload,
): Promise<Uploaded> {
  const target = noteAccess(ctx.environment, pipeline, tokenVariable);
  if (typeof target === "string") return { why: target };

  const { createClient } = await import("./client.ts");
  const { api, token, projectId, iid } = target;
  const client = createClient(ctx, {
    ...{ apiUrl: api, token, mergeRequest: { projectId, iid } },
    ...(patience && { patience }),
  });
  const name = `boxes-${hashBytes(png).slice(0, 16)}.png`;

  try {
    const me = await client.userId();
    const own = (await client.listNotes()).filter(
      ({ authorId }) => authorId === me,
    );
    const shown = own
      .flatMap(({ body }) => body.match(UPLOADS) ?? [])
      .find((url) => url.endsWith(`/${name}`));

    return { url: shown ?? (await client.upload({ name, bytes: png })) };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof GitlabError) return { why: error.message };
    throw error;
  }
}

const UPLOADS = /\/uploads\/[0-9a-f]{32}\/boxes-[0-9a-f]{16}\.png/g;
