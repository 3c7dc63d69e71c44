import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deviceFiles, type ModelPlaces } from "../model/layout.ts";
import type { Manifest } from "../model/manifest.ts";
import { changedFile } from "./changed-output.ts";
import { publishedPlaces } from "./convert-step.ts";
import { measureFiles } from "./lay-out.ts";
import { failed, type Progress, type Workplace } from "./progress.ts";
import type { ModelFolders } from "./workspace.ts";

/** Written anew by every validation. */
const OF_THE_VERDICT = ["verdict.json", "report.html"];

/**
 * In place of the engine: what is published for the model, with its references, verified against the manifest. Then it
 * is checked as if the engine had just made it.
 */
export async function fetchProved(
  place: Workplace,
  progress: Progress,
): Promise<Progress> {
  const { ctx, folders, step, work } = place;
  const { model, left } = progress;
  const manifest = left?.manifest ?? model.published;
  if (!manifest) throw new Error("nothing is published");

  const places = publishedPlaces(step, model);
  const anew = [
    ...OF_THE_VERDICT.map((name) => places.evidence + name),
    ...deviceFiles(model.name).map((name) => places.edge + name),
  ];
  const wanted = manifest.files.filter(({ path }) => !anew.includes(path));

  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  const line = ctx.log.progress(`${model.name}: fetch`, bytes, "bytes");
  const fetched = join(work, "proved");

  try {
    const stored = await (left?.snapshot ?? step.snapshot).download(
      wanted,
      fetched,
      {
        progress: (count) => line.advance(count),
      },
    );

    const changed = changedFile(wanted, stored);
    if (changed !== null)
      return failed(place, progress, {
        kind: "mismatch",
        code: "published-changed",
        message: `${changed} does not match its manifest`,
        hint: "someone changed it by hand: convert the model again with `--force` (input force)",
      });
  } finally {
    line.end();
  }

  await sort(wanted, fetched, folders, places);

  const conversion = {
    ...progress.conversion,
    // Of another branch the tokens may be others.
    inputs: left ? progress.conversion.inputs : manifest.inputs,
    files: await measureFiles(folders, ctx.signal),
  };

  return { ...progress, conversion };
}

/** Into the folders of a conversion. */
async function sort(
  files: Manifest["files"],
  fetched: string,
  folders: ModelFolders,
  { edge, evidence }: ModelPlaces,
): Promise<void> {
  for (const { path } of files) {
    const target = path.startsWith(edge)
      ? join(folders.files, path.slice(edge.length))
      : join(folders.evidence, path.slice(evidence.length));

    await mkdir(dirname(target), { recursive: true });
    // Not renamed: the private place may lie on another disk than the output.
    await copyFile(join(fetched, path), target);
  }
}
