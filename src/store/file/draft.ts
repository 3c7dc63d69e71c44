import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { toJson, writeWhole } from "../../document/document.ts";
import { orMissing } from "../../node-error.ts";
import { readDraftName } from "../draft-name.ts";
import { inParallel } from "../parallel.ts";
import { PUBLISHED, placeInside, topOf } from "../paths.ts";
import type { Draft, DraftRef, StoredFile } from "../store.ts";
import { refuseOwnFolder } from "./adopt.ts";
import { copyHashed } from "./copy.ts";
import { draftFolders, keepInDraft } from "./kept.ts";
import { neededFolders } from "./landing-record.ts";
import type { Layout } from "./layout.ts";
import { storeWritten } from "./not-writable.ts";
import { ownJson } from "./own-json.ts";
import { publishDraft } from "./publish.ts";
import { contentToken } from "./token.ts";

/** A draft of the file store: a hidden folder on the store's own disk, so that publishing moves no bytes. */
export function fileDraft(
  ctx: Pick<Context, "signal" | "now" | "log">,
  layout: Layout,
  ref: DraftRef,
): Draft {
  const { folder, files } = draftFolders(layout, ref.id);
  const draftFile = (path: string) => placeInside(files, path);
  const end = () => rm(folder, { recursive: true, force: true });

  return {
    put: (source, names, prefix, { progress } = {}) =>
      storeWritten(files, ctx.signal, async () => {
        await mkdir(files, { recursive: true });
        await writeWhole(join(folder, "draft.json"), toJson(ref));

        return inParallel(names, 4, async (name): Promise<StoredFile> => {
          const path = prefix + name;
          const options = { signal: ctx.signal, progress, sync: true };
          const { size, sha256 } = await copyHashed(
            placeInside(source, name),
            draftFile(path),
            options,
          );

          return { path, size, sha256, token: contentToken(sha256) };
        });
      }),
    async rehearse(prefixes = PUBLISHED) {
      try {
        await storeWritten(files, ctx.signal, async () => {
          await mkdir(files, { recursive: true });
          for (const prefix of prefixes)
            await refuseOwnFolder(layout, ref.branch, topOf(prefix));
        });
      } finally {
        await end();
      }
    },
    keep: (change) =>
      storeWritten(folder, ctx.signal, () =>
        keepInDraft(ctx, layout, ref.id, change),
      ),
    publish: (pointers, compose, options) =>
      publishDraft(
        { ctx, layout, branch: ref.branch, draftFile, end },
        pointers,
        compose,
        options,
      ),
    discard: end,
  };
}

/**
 * Drafts that were not discarded, also those of which only the folder was made; without what a landing that was broken
 * off needs to be undone.
 */
export async function* fileDrafts(
  layout: Layout,
): AsyncGenerator<DraftRef & { createdAt: Date }> {
  const ids = (await orMissing(readdir(layout.drafts))) ?? [];
  // After the listing: a folder in it whose landing is not open now is not needed any more.
  const needed = await neededFolders(layout);

  for (const id of ids.filter((each) => !needed.has(each))) {
    const folder = join(layout.drafts, id);
    const text = await orMissing(readFile(join(folder, "draft.json"), "utf8"));
    const name = readDraftName(id);
    const told = text === null ? null : ownJson<DraftRef>(text);
    const ref = {
      id,
      branch: textOf(told?.branch) ?? name?.branch ?? "",
      base: textOf(told?.base) ?? "",
      owner: textOf(told?.owner) ?? name?.owner ?? "",
    };

    const made = await orMissing(stat(folder));
    if (made) yield { ...ref, createdAt: name?.createdAt ?? made.mtime };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
