import { join } from "node:path";
import type { Context } from "../../context.ts";
import { writeWhole } from "../../document/document.ts";
import type { Pipeline } from "../../gitlab/pipeline.ts";
import type { LandDocument, LandedRequest } from "../../land/landing.ts";
import {
  type FetchCommands,
  type FetchWish,
  fetchCommands,
} from "../../publish/fetch-commands.ts";
import { renderAnnotations } from "../../report/annotations.ts";
import { renderLandJunit } from "../../report/land-junit.ts";
import { renderLandNote } from "../../report/land-note.ts";
import type { Store } from "../../store/store.ts";

export interface LandReport {
  out: string;
  document: LandDocument;
  store: Pick<Store, "link" | "placeAt">;
  pipeline: Pipeline;
  settings: FetchWish["settings"];
  /** Whether a public key is configured: then nothing lands but what it signed. */
  hasKey: boolean;
}

/** Writes `report/`: all that needs no token. */
export async function writeLandReports(
  ctx: Pick<Context, "docs" | "version">,
  report: LandReport,
): Promise<void> {
  const { out, document, store } = report;
  const file = (name: string) => join(out, "report", name);
  const notes = document.requests.map((request) =>
    landNote(ctx, report, request),
  );

  await writeWhole(
    file("land-note.md"),
    notes.join("\n---\n\n") || "Nothing to land.\n",
  );
  await writeWhole(file("junit.xml"), renderLandJunit(document, ctx.docs));

  const links = document.requests.flatMap(({ iid, url, landed }) => [
    { label: `Merge request !${iid}`, url },
    {
      label: `Landed models of !${iid} in the store`,
      url: landed && store.link(landed, ""),
    },
  ]);

  await writeWhole(file("annotations.json"), renderAnnotations(links));
}

export function landNote(
  { docs, version }: Pick<Context, "docs" | "version">,
  { document, store, pipeline, ...trust }: Omit<LandReport, "out">,
  request: LandedRequest,
): string {
  return renderLandNote(request, {
    store: document.store.url,
    target: document.store.branch,
    commitUrl: request.landed && store.link(request.landed, ""),
    jobUrl: pipeline.links.job,
    version,
    docs,
    notices: request.status === "landed" ? document.target_notices : [],
    ...landedCommands(request, store, trust),
  });
}

/** Of what a request brought to the target; nothing of one that did not land, or took its models away. */
function landedCommands(
  { status, landed, models }: LandedRequest,
  store: Pick<Store, "placeAt">,
  { settings, hasKey }: Pick<LandReport, "settings" | "hasKey">,
): FetchCommands {
  const names = models
    .filter(({ state }) => state === "green")
    .map(({ name }) => name);
  const isThere = ["landed", "already"].includes(status) && names.length > 0;

  return fetchCommands({
    place: isThere && landed !== null ? store.placeAt(landed) : null,
    models: names,
    isSigned: hasKey,
    hasKey,
    settings,
  });
}
