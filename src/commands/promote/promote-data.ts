import { join, resolve } from "node:path";
import type { DatasetWish } from "../../config/dataset-options.ts";
import { readRegistryWish } from "../../config/promote-options.ts";
import { readSettings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import { toJson, writeDocument, writeWhole } from "../../document/document.ts";
import { type DatasetPromotion, datasetOf } from "../../registry/dataset.ts";
import { datasetPath } from "../../registry/dataset-path.ts";
import { openTarget } from "../../registry/open-target.ts";
import { promoteDataset, shelfOf } from "../../registry/promote-dataset.ts";
import { readDatasetFolder } from "../../registry/read-dataset.ts";
import { renderAnnotations } from "../../report/annotations.ts";
import { renderPromoteJunit } from "../../report/promote-junit.ts";
import type { CommandIo, Flags } from "../command-io.ts";
import { registryMustBeApart } from "../run/apart-from-store.ts";
import { belongsHere } from "../run/belongs-here.ts";
import { startDeadline } from "../session.ts";

/** Writes a folder of data, hashed and never opened, to `info/` or `auto_label/` of a registry. `out`: absolute. */
export async function promoteData(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
  { wish, out }: { wish: DatasetWish; out: string },
): Promise<void> {
  if (!(await belongsHere(ctx))) return;

  // No store is asked; one that is set must stay as it is.
  const settings = readSettings(
    { store: "file:///", ...flags },
    ctx.environment,
  );
  const { to, ...how } = readRegistryWish(flags, ctx.environment);
  registryMustBeApart(to, settings.store);
  startDeadline(ctx, io, settings);
  const path = datasetPath(wish);
  const target = await openTarget(ctx, to, settings.tokenVariable);

  try {
    // Before anybody is asked.
    shelfOf(target);
    if (!how.dryRun) await target.verify(how);
    const folder = resolve(ctx.cwd, wish.folder);
    const files = await readDatasetFolder(wish.kind, folder, ctx.signal);
    const dataset = datasetOf(path, files);
    const promotion = await promoteDataset(target, dataset, files, how);

    await writeDataPromotion(out, promotion);
    if (settings.json) io.print(toJson(promotion));
    ctx.log.info(`${path}: ${STATUS[promotion.status]}`);
    ctx.log.info(`  ${files.length} files at ${promotion.link}`);
  } finally {
    await target.close();
  }
}

const STATUS: Record<DatasetPromotion["status"], string> = {
  promoted: "promoted",
  there: "already there: the same files",
  planned: "dry run: nothing was written",
};

async function writeDataPromotion(
  out: string,
  promotion: DatasetPromotion,
): Promise<void> {
  const { path, link } = promotion;
  await writeDocument(
    join(out, "dataset-promotion.json"),
    "dataset-promotion",
    promotion,
  );
  const [kind = "", ...rest] = path.split("/");
  const junit = {
    algorithm: kind,
    name: rest.join(" "),
    release: "",
    handover: [],
  };
  await writeWhole(join(out, "report/junit.xml"), renderPromoteJunit(junit));
  await writeWhole(
    join(out, "report/annotations.json"),
    renderAnnotations([{ label: path, url: link }]),
  );
}
