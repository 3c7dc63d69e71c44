import { join } from "node:path";
import type { Context } from "../../context.ts";
import { hashBytes } from "../../disk/hash-file.ts";
import { writeWhole } from "../../document/document.ts";
import type { CatalogueEntry } from "../../registry/catalogue.ts";
import { firstPicture } from "../../report/catalogue/first-picture.ts";
import { pageName } from "../../report/catalogue/page-name.ts";
import { count } from "../../report/headline.ts";
import { thumbnail } from "../../report/picture/thumbnail.ts";
import type { Snapshot } from "../../store/store.ts";

/** Bytes of the largest report that is fetched for its picture. */
const LARGEST_REPORT = 4 << 20;
/** Reports that are fetched at once. */
const AT_ONCE = 8;

/**
 * Writes a small picture of each model that has one into `folder`: of the first sample of its published report. The
 * entries with the names of these files. A report that is not what its manifest lists is one warning, and not shown.
 */
export async function withPictures(
  { log }: Pick<Context, "log">,
  snapshot: Pick<Snapshot, "read">,
  { entries, folder }: { entries: readonly CatalogueEntry[]; folder: string },
): Promise<CatalogueEntry[]> {
  const pictured: CatalogueEntry[] = [];
  const doubtful: string[] = [];

  for (let at = 0; at < entries.length; at += AT_ONCE)
    pictured.push(
      ...(await Promise.all(
        entries.slice(at, at + AT_ONCE).map(async (entry) => {
          const found = await pictureOf(snapshot, entry);
          if (found === "changed") doubtful.push(entry.name);
          if (found === null || found === "changed") return entry;

          const picture = pageName(entry, "png");
          await writeWhole(join(folder, picture), found);
          return { ...entry, picture };
        }),
      )),
    );

  if (doubtful.length > 0)
    log.warn(
      `${count(doubtful.length, "report")} ${doubtful.length === 1 ? "is not what its manifest lists, and is" : "are not what their manifests list, and are"} not shown: ${doubtful.sort().slice(0, SHOWN).join(", ")}`,
    );

  return pictured;
}

const SHOWN = 5;

async function pictureOf(
  snapshot: Pick<Snapshot, "read">,
  { published }: CatalogueEntry,
): Promise<Uint8Array | "changed" | null> {
  const report = published?.report;
  if (!report || report.size > LARGEST_REPORT) return null;

  const bytes = await snapshot.read(report.path, LARGEST_REPORT);
  if (!bytes || hashBytes(bytes) !== report.sha256) return "changed";

  const png = firstPicture(Buffer.from(bytes).toString("latin1"));
  return png && thumbnail(png);
}
