import { join } from "node:path";
import type { Settings } from "../../config/settings.ts";
import type { Context } from "../../context.ts";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import type { Shelf } from "../../disk/shelf.ts";
import { toJson, writeDocument } from "../../document/document.ts";
import { branchPaths, placesOf } from "../../model/layout.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Publication } from "../../publish/publication.ts";
import { buildSummary } from "../../report/build-summary.ts";
import { renderLogSummary } from "../../report/log-summary.ts";
import type { Spent } from "../../report/log-time.ts";
import type { SummaryModel } from "../../report/summary.ts";
import type { Store } from "../../store/store.ts";
import type { CommandIo } from "../command-io.ts";
import { fetchPublishedPages } from "./published-pages.ts";
import { recordRuns } from "./record-runs.ts";
import { sendNote } from "./send-note.ts";
import { sendPicture } from "./send-picture.ts";
import { type TargetQuestion, targetChanges } from "./target-changes.ts";
import { type RunReport, writeReports } from "./write-reports.ts";

export interface Finished {
  /** Absolute path of `--out`. */
  out: string;
  plan: Plan;
  models: readonly ConvertedModel[];
  publication: Publication;
  store: Pick<Store, "head" | "link" | "snapshot">;
  /** Where what is said of unchanged models is kept; absent: in memory. */
  shelf?: Shelf;
  /** Where the time went; null in a step of its own. */
  spent: Spent | null;
}

/** What reports ask of all models, whatever they show. */
const LIGHT: readonly (keyof SummaryModel)[] = [
  ...(["name", "engine", "status", "verdict", "ships", "why"] as const),
];

/** Summary, reports, note and closing lines; sets the exit code. */
export async function finishRun(
  ctx: Context,
  io: CommandIo,
  settings: Settings,
  finished: Finished,
): Promise<void> {
  const { out, plan, models, publication, store } = finished;
  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);
  const summary = buildSummary({
    plan,
    conversions: models.map(({ conversion }) => conversion),
    verdicts: new Map(
      models.flatMap(({ conversion, verdict }) =>
        verdict ? [[conversion.name, verdict]] : [],
      ),
    ),
    performances: new Map(
      models.flatMap(({ conversion, performance }) =>
        performance ? [[conversion.name, performance]] : [],
      ),
    ),
    publication,
    keep: finished.shelf?.keeper<SummaryModel>(LIGHT) ?? ((model) => model),
    places: (name) => placesOf(name, paths),
  });

  await writeDocument(join(out, "summary.json"), "summary", summary);

  const changes = await targetChanges(ctx, {
    ...{ out, paths, summary, store },
    ...measuredBeside(plan, models),
  });
  const pages = await fetchPublishedPages(ctx, { out, plan, summary, store });
  const report = await writeReports(ctx, {
    ...{ out, summary, models, store, changes, pages },
    picture: notePicture(ctx, settings),
  });
  await sendNote(ctx, settings, summary, report);

  const code = await recordRuns(ctx, settings, { out, summary, models });
  const ended = { ...summary, exit_code: code };
  if (code !== summary.exit_code)
    await writeDocument(join(out, "summary.json"), "summary", ended);

  const end = {
    report: report.places,
    docs: ctx.docs,
    spent: finished.spent,
  };
  for (const line of renderLogSummary(ended, end)) ctx.log.info(line);
  if (settings.json) io.print(toJson(ended));

  io.exit(code);
}

/** How the note's picture comes to GitLab. */
function notePicture(ctx: Context, settings: Settings): RunReport["picture"] {
  if (settings.notePictures === "off" || settings.note === "off") return "off";

  return settings.notePictures === "upload"
    ? (png) => sendPicture(ctx, settings, png)
    : null;
}

/** How long a run takes beside the published model, and which one that was. */
function measuredBeside(
  plan: Plan,
  models: readonly ConvertedModel[],
): Pick<TargetQuestion, "ratios" | "measuredBeside"> {
  const ratios = new Map(
    models.flatMap(({ conversion: { name }, performance }) => {
      const ratio = performance?.published?.ratio?.ratio;
      return ratio === undefined ? [] : [[name, ratio]];
    }),
  );

  return {
    ratios,
    measuredBeside: new Map(
      plan.models
        .filter(({ name }) => ratios.has(name))
        .flatMap(({ name, published }) =>
          published ? [[name, published.fingerprint.exec]] : [],
        ),
    ),
  };
}
