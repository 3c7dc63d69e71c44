import { join } from "node:path";
import type { Context } from "../../context.ts";
import { folderName, modelFolders } from "../../convert/workspace.ts";
import { hashBytes } from "../../disk/hash-file.ts";
import { writeWhole } from "../../document/document.ts";
import { AppError } from "../../errors.ts";
import { branchPaths, type ModelPlaces, placesOf } from "../../model/layout.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Plan, PlannedModel } from "../../plan/plan.ts";
import type { Summary } from "../../report/summary.ts";
import type { Snapshot, Store } from "../../store/store.ts";

export interface PublishedPages {
  /** Absolute path of `--out`. */
  out: string;
  plan: Plan;
  summary: Summary;
  store: Pick<Store, "snapshot">;
}

/** Models whose page is fetched, and bytes of all of them: an unchanged run stays quick, its artifact small. */
const MODELS = 20;
const BYTES = 20 << 20;
const CONTRACT_BYTES = 4 << 20;

/**
 * Fetches the published page of each unchanged model into `report/published/`, and its contract beside the model's
 * documents. Returns, by model, the page's path from the run's page. What cannot be had is one warning, and what is not
 * what its manifest proves is not shown.
 */
export async function fetchPublishedPages(
  ctx: Pick<Context, "log">,
  { out, plan, summary, store }: PublishedPages,
): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  const unchanged = unchangedOf(plan, summary);
  if (unchanged.length === 0) return pages;

  const paths = branchPaths(plan.store.model_path, plan.store.edge_path);

  try {
    const { branch, snapshot: commit } = plan.store;
    const snapshot = await store.snapshot(branch, commit);
    let left = BYTES;

    for (const { name, manifest } of unchanged) {
      const places = placesOf(name, paths);
      const page = await provedFile(snapshot, manifest, {
        ...{ path: `${places.evidence}report.html`, limit: left },
      });
      await keepContract(snapshot, { out, name, manifest, places });
      if (page === null) continue;

      left -= page.length;
      const file = `${folderName(name)}.html`;
      await writeWhole(join(out, "report/published", file), page);
      pages.set(name, `published/${encodeURIComponent(file)}`);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn(
      `the page does not show the published reports of all unchanged models: ${error.message}`,
    );
  }

  return pages;
}

type Unchanged = { name: string; manifest: Manifest };

function unchangedOf(plan: Plan, { models }: Summary): Unchanged[] {
  const names = new Set(
    models
      .filter(({ status }) => status === "unchanged")
      .map(({ name }) => name),
  );

  const first = plan.models
    .filter(({ name }) => names.has(name))
    .slice(0, MODELS);

  return first.flatMap(({ name, published }: PlannedModel) =>
    published ? [{ name, manifest: published }] : [],
  );
}

async function keepContract(
  snapshot: Snapshot,
  {
    out,
    name,
    manifest,
    places,
  }: Unchanged & { out: string; places: ModelPlaces },
): Promise<void> {
  const bytes = await provedFile(snapshot, manifest, {
    ...{ path: `${places.edge}contract.json`, limit: CONTRACT_BYTES },
  });
  const { files } = modelFolders(out, name);
  if (bytes) await writeWhole(join(files, "contract.json"), bytes);
}

/** A published file as its manifest proves it; null where it has none, it is too large, or its bytes are others. */
async function provedFile(
  snapshot: Snapshot,
  { files }: Manifest,
  { path, limit }: { path: string; limit: number },
): Promise<Uint8Array | null> {
  const listed = files.find((file) => file.path === path);
  if (!listed || listed.size > limit) return null;

  const bytes = await snapshot.read(path, listed.size);
  const sum = bytes && hashBytes(bytes);

  return sum === listed.sha256 ? bytes : null;
}
