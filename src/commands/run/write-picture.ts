import { join } from "node:path";
import type { Context } from "../../context.ts";
import { writeWhole } from "../../document/document.ts";
import { byGravity } from "../../report/headline.ts";
import type { NotePicture } from "../../report/note-links.ts";
import { sideBySide } from "../../report/picture/side-by-side.ts";
import type { ReportModel } from "../../report/report-model.ts";
import { artifactLinks } from "./artifact-links.ts";

export interface PictureWish {
  /** Absolute path of `--out`. */
  out: string;
  models: readonly ReportModel[];
  /** Where the picture goes beside the job's artifacts; null where that is enough. */
  upload: Upload | null;
}

/** Answers the address of the uploaded PNG, null where GitLab did not take it. */
export type Upload = (png: Uint8Array<ArrayBuffer>) => Promise<string | null>;

/**
 * Of the gravest model that has one: among the job's artifacts, where GitLab shows it as long as they are kept, or
 * uploaded. Null where there is none.
 */
export async function writePicture(
  ctx: Pick<Context, "environment">,
  { out, models, upload }: PictureWish,
): Promise<NotePicture | null> {
  const modelOf = new Map(models.map((model) => [model.summary, model]));
  const order = byGravity(models.map(({ summary }) => summary));

  for (const summary of order.slice(0, LOOKED_AT)) {
    const model = modelOf.get(summary);
    const png = model ? sideBySide(model) : null;
    if (png === null) continue;

    await writeWhole(join(out, "report/picture.png"), png);
    const { raw } = artifactLinks(ctx, out);
    const url = (await upload?.(png)) ?? raw(join(out, "report/picture.png"));

    return url === null ? null : { name: summary.name, url };
  }

  return null;
}

/** Models whose pictures are looked at for one with boxes. */
const LOOKED_AT = 5;
