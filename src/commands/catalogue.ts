import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readSettings, type Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { notWritable } from "../disk/not-writable.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { writeWhole } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import type { Catalogue, CatalogueEntry } from "../registry/catalogue.ts";
import {
  publishedEntries,
  withVersions,
} from "../registry/gather-catalogue.ts";
import { openTarget } from "../registry/open-target.ts";
import { renderEntry } from "../report/catalogue/entry-page.ts";
import { renderIndex } from "../report/catalogue/index-page.ts";
import { pageName } from "../report/catalogue/page-name.ts";
import { count } from "../report/headline.ts";
import type { Store } from "../store/store.ts";
import { refuseTwins } from "../store/twins.ts";
import { plainUrl } from "../text/plain-url.ts";
import { withPictures } from "./catalogue/catalogue-pictures.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { openNamedStore } from "./open-named-store.ts";
import { mustBeApart } from "./run/apart-from-store.ts";
import { OUTPUT_LOCK } from "./run/clear-output.ts";
import { inOwnFolder } from "./run/own-output.ts";

/** What is written and removed in the site's folder. */
const OF_SITE = new Set([
  ...["index.html", "models", "pictures", ".scratch", OUTPUT_LOCK],
]);

/**
 * Writes a static site of all edge models that a branch publishes, and of their versions in a registry: for GitLab Pages.
 * Reads manifests and contracts alone.
 */
export async function catalogue(
  ctx: Context,
  _io: CommandIo,
  flags: Flags,
): Promise<void> {
  const folder = String(flags.out);
  const settings = readSettings(flags, ctx.environment);
  const branch = settings.modelBranch ?? "main";
  const site = resolve(ctx.cwd, folder);
  mustBeApart(site, settings.store, "--out", OF_SITE.has.bind(OF_SITE));

  await inOwnFolder(ctx, site, () =>
    fillSite(ctx, flags, { folder, site, settings, branch }),
  );
}

interface SiteWish {
  /** As it was written. */
  folder: string;
  /** Absolute. */
  site: string;
  settings: Settings;
  branch: string;
}

async function fillSite(
  ctx: Context,
  flags: Flags,
  { folder, site, settings, branch }: SiteWish,
): Promise<void> {
  const store = await openNamedStore(ctx, settings);

  try {
    await store.verify();
    if ((await store.head(branch)) === null)
      throw new UsageError(`${store.url} has no branch ${branch}`, {
        code: "branch-missing",
        hint: "name another one with `--model-branch`",
      });

    const snapshot = await store.snapshot(branch);
    const gathered = await entriesOf(ctx, flags, {
      ...{ store, snapshot, settings },
      scratch: join(site, ".scratch"),
    });
    const pictures = join(site, "pictures");
    await removeTree(pictures);
    const entries =
      flags.pictures === false
        ? gathered
        : await withPictures(ctx, snapshot, {
            ...{ entries: gathered, folder: pictures },
          });
    await writeSite(site, {
      ...{ store: plainUrl(store.url), branch, commit: snapshot.id, entries },
      registry: flags.from === undefined ? null : plainUrl(String(flags.from)),
      ...{ version: ctx.version, docs: ctx.docs },
    });

    ctx.log.info(
      `${count(entries.length, "model")}: ${join(folder, "index.html")}`,
    );
  } finally {
    await store.close();
  }
}

type BranchWish = Parameters<typeof publishedEntries>[0] & {
  store: Store;
  settings: Pick<Settings, "tokenVariable">;
};

async function entriesOf(
  ctx: Context,
  flags: Flags,
  wish: BranchWish,
): Promise<CatalogueEntry[]> {
  await mkdir(wish.scratch, { recursive: true }).catch((error: unknown) => {
    throw notWritable(wish.scratch, error);
  });
  try {
    const published = await publishedEntries(wish);
    if (flags.from === undefined) return published;

    const registry = await openTarget(
      ctx,
      String(flags.from),
      wish.settings.tokenVariable,
    );
    try {
      return await withVersions(published, registry);
    } finally {
      await registry.close();
    }
  } finally {
    await removeTree(wish.scratch);
  }
}

/** Pages of models that are gone go, too. */
async function writeSite(folder: string, site: Catalogue): Promise<void> {
  await removeTree(join(folder, "models"));
  await refuseTwins(
    join(folder, "models"),
    site.entries.map((entry) => pageName(entry)),
  );
  await writeWhole(join(folder, "index.html"), renderIndex(site));
  for (const entry of site.entries)
    await writeWhole(
      join(folder, "models", pageName(entry)),
      renderEntry(site, entry),
    );
}
