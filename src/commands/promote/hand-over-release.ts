import { join } from "node:path";
import type { Handover } from "../../config/handover-settings.ts";
import type { Context } from "../../context.ts";
import {
  type HandedOver,
  handOverAll,
} from "../../registry/handover/hand-over-all.ts";
import type { Promotion } from "../../registry/promotion.ts";
import type { Release } from "../../registry/release.ts";
import type { LocalFile, RegistryTarget } from "../../registry/target.ts";

/** A version that a registry has, or would have, and its files on this machine. */
export interface PromotedHere {
  target: RegistryTarget;
  promotion: Promotion;
  files: readonly LocalFile[];
  /** Files about the version, made from it. */
  describe: (release: Release) => Promise<LocalFile[]>;
  /** Where files may be laid out. */
  folder: string;
}

/** Hands a promoted version over; with `--dry-run` it says what would run. */
export async function handOverRelease(
  ctx: Context,
  handovers: readonly Handover[],
  { target, promotion, files, describe, folder }: PromotedHere,
): Promise<HandedOver> {
  if (handovers.length === 0) return { states: [], failure: null };

  // What is said about a model may differ from promotion to promotion: what counts is what the registry has.
  const there = await target.read(promotion, promotion.release);
  const { registry, link } = promotion;
  const about = there ? await describe(asComposed(there, files)) : [];

  return handOverAll(ctx, handovers, {
    ...{ target, folder: join(folder, "handover") },
    version: {
      ...{ release: there ?? promotion, link, registry },
      files: [...files, ...about],
    },
    dryRun: promotion.status === "planned",
  });
}

/** As it was when it was described: without the files that say something about it. */
function asComposed(release: Release, files: readonly LocalFile[]): Release {
  const names = new Set(files.map(({ name }) => name));
  return {
    ...release,
    files: release.files.filter(({ name }) => names.has(name)),
  };
}
