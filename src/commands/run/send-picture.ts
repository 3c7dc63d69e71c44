import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { requestPipeline } from "../../gitlab/current-pipeline.ts";

/**
 * Uploads the note's picture to the merge request's project and answers its address. Null where there is no merge
 * request, and where GitLab does not take it: then one line of the log has the reason, and the artifact is shown.
 */
export async function sendPicture(
  ctx: Context,
  settings: Settings,
  png: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const pipeline = await requestPipeline(ctx, settings.modelBranch);
  if (pipeline === null) return null;

  const { uploadPicture } = await import("../../gitlab/upload-picture.ts");
  const { tokenVariable } = settings;
  const uploaded = await uploadPicture(ctx, { pipeline, tokenVariable, png });
  if ("url" in uploaded) return uploaded.url;

  ctx.log.warn(
    `the note's picture was not uploaded: ${uploaded.why}; the note shows the job's artifact instead`,
  );
  return null;
}
