import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Context } from "../../context.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { writePieces, writeWhole } from "../../document/document.ts";
import { renderAnnotations } from "../../report/annotations.ts";
import { renderCodeQuality } from "../../report/code-quality.ts";
import { junitPieces } from "../../report/junit.ts";
import type { ReportPlaces } from "../../report/log-summary.ts";
import { renderNote } from "../../report/note.ts";
import type { NoteLinks } from "../../report/note-links.ts";
import type { PublishedPage } from "../../report/report-model.ts";
import { runPagePieces } from "../../report/run-page.ts";
import type { Summary, SummaryModel } from "../../report/summary.ts";
import type { TargetChanges } from "../../report/target-change.ts";
import type { Store } from "../../store/store.ts";
import { artifactLinks } from "./artifact-links.ts";
import { reportModels } from "./report-models.ts";
import { type Upload, writePicture } from "./write-picture.ts";

export interface WrittenReports {
  /** Of the page; its path is relative to where the command runs. */
  places: ReportPlaces;
  /** The note's text. */
  note: string;
}

export interface RunReport {
  /** Absolute path of `--out`. */
  out: string;
  summary: Summary;
  models: readonly ConvertedModel[];
  store: Pick<Store, "link">;
  changes: TargetChanges | null;
  /** Published pages of unchanged models, by model: their path from the run's page. */
  pages: ReadonlyMap<string, string>;
  /** How the note's picture is brought to GitLab beside the artifacts; "off" for none. */
  picture: Upload | null | "off";
}

/** Writes `report/`: all that needs no token. */
export async function writeReports(
  ctx: Pick<Context, "docs" | "environment" | "cwd" | "version">,
  report: RunReport,
): Promise<WrittenReports> {
  const { out, summary, models: converted } = report;
  const models = await reportModels(out, summary, converted, (model) =>
    publishedPage(report, model),
  );
  const file = (name: string) => join(out, "report", name);
  const links = linksOf(ctx, report);
  const picture =
    report.picture === "off"
      ? null
      : await writePicture(ctx, { out, models, upload: report.picture });
  const note = renderNote(summary, {
    ...{ links, picture, changes: report.changes, version: ctx.version },
  });

  await writeWhole(file("note.md"), note);
  await writePieces(file("junit.xml"), junitPieces(models, ctx.docs));
  await writeWhole(
    file("code-quality.json"),
    renderCodeQuality(models, () => ({ path: configured(ctx), line: 1 })),
  );
  await writeWhole(
    file("annotations.json"),
    renderAnnotations([
      { label: "Report of the edge models", url: links.report },
      { label: "Edge models in the store", url: summary.publication.url },
      { label: "Documents and logs", url: links.artifacts },
    ]),
  );
  await writePieces(
    file("report.html"),
    runPagePieces({
      ...{ summary, models, version: ctx.version, docs: ctx.docs },
    }),
  );

  const path = relative(ctx.cwd, file("report.html"));

  return { places: { path, url: links.report }, note };
}

/** A finding is shown in the merge request's changes: the model itself is not in Git, what configures it is. */
function configured({ cwd }: Pick<Context, "cwd">): string {
  return existsSync(join(cwd, "conversion.yaml"))
    ? "conversion.yaml"
    : ".gitlab-ci.yml";
}

/** The copy beside the run's page, else the store's own address. */
function publishedPage(
  { pages, store, summary }: RunReport,
  { name, files }: SummaryModel,
): PublishedPage | null {
  const file = files.find(({ path }) => path.endsWith("/report.html"));
  if (!file) return null;

  const commit = summary.publication.commit ?? summary.store.commit;
  return {
    copy: pages.get(name) ?? null,
    url: store.link(commit, file.path),
    path: file.path,
  };
}

/** Addresses of the job's artifacts, which hold for this very job, of the store and of the documentation. */
function linksOf(
  ctx: Pick<Context, "docs" | "environment">,
  { out, summary, store }: RunReport,
): NoteLinks {
  const { commit } = summary.publication;
  const data = summary.store.commit;

  return {
    ...artifactLinks(ctx, out),
    docs: ctx.docs,
    file: (path) => commit && store.link(commit, path),
    data: data && store.link(data, ""),
  };
}
