import type { Draft } from "../store/store.ts";
import { changedFailure, changedFile } from "./changed-output.ts";
import type { Conversion } from "./conversion.ts";
import { publishedPlaces } from "./convert-step.ts";
import { failed, type Progress, type Workplace } from "./progress.ts";

/** Uploads a model's files into the draft, where no reader sees them. What may not ship is not uploaded. */
export async function stage(
  workplace: Workplace,
  progress: Progress,
): Promise<Progress> {
  const { step } = workplace;
  const { conversion } = progress;
  const { draft } = step;

  if (!draft || !conversion.ships) return { ...progress, ended: true };

  return step.left
    ? step.left.alone(() => upload(workplace, progress, draft))
    : upload(workplace, progress, draft);
}

async function upload(
  workplace: Workplace,
  progress: Progress,
  draft: Draft,
): Promise<Progress> {
  const { ctx, step, folders } = workplace;
  const { model, conversion, validation } = progress;
  const places = publishedPlaces(step, model);
  const bytes = conversion.files.reduce((sum, { size }) => sum + size, 0);
  const line = ctx.log.progress("upload", bytes, "bytes");
  const options = { progress: (count: number) => line.advance(count) };

  try {
    const [edge, evidence] = [
      await draft.put(
        folders.files,
        pathsIn("edge", conversion),
        places.edge,
        options,
      ),
      await draft.put(
        folders.evidence,
        pathsIn("evidence", conversion),
        places.evidence,
        options,
      ),
    ];

    const staged = [...edge, ...evidence];
    const changed = changedFile(
      conversion.files.map((file) => ({
        path: places[file.place] + file.path,
        sha256: file.sha256,
      })),
      staged,
    );
    if (changed !== null)
      return failed(workplace, progress, changedFailure(changed));

    const done = { ...conversion, staged };
    if (validation) await step.left?.keep(done, validation.verdict);

    return { ...progress, ended: true, conversion: done };
  } finally {
    line.end();
  }
}

function pathsIn(
  place: "edge" | "evidence",
  { files }: Pick<Conversion, "files">,
): string[] {
  return files.filter((file) => file.place === place).map(({ path }) => path);
}
