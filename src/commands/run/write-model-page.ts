import { join } from "node:path";
import type { ConvertStep } from "../../convert/convert-step.ts";
import { writeWhole } from "../../document/document.ts";
import { renderModelPage } from "../../report/model-page.ts";
import { contractIn, readPreviews } from "./report-models.ts";

/** `evidence/<name>/report.html`: what was found about the model, without time, pipeline or publication. */
export const writeModelPage: ConvertStep["writeModelPage"] = async (
  folders,
  verdict,
  conversion,
) => {
  const [previews, contract] = await Promise.all([
    readPreviews(folders.previews),
    contractIn(folders.files),
  ]);
  await writeWhole(
    join(folders.evidence, "report.html"),
    renderModelPage({ verdict, conversion, previews, contract }),
  );
};
