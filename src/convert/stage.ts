import type { Context } from "../context.ts";
import type { ModelPlaces } from "../model/layout.ts";
import type { Draft, StoredFile } from "../store/store.ts";
import type { Conversion } from "./conversion.ts";
import type { ModelFolders } from "./workspace.ts";

/** Uploads a model's files into the draft, where no reader sees them. */
export async function stage(
  ctx: Pick<Context, "log">,
  draft: Draft,
  folders: ModelFolders,
  files: Conversion["files"],
  places: ModelPlaces,
): Promise<StoredFile[]> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const progress = ctx.log.progress("upload", bytes, "bytes");
  const options = { progress: (count: number) => progress.advance(count) };
  const of = (place: "edge" | "evidence") =>
    files.filter((file) => file.place === place).map(({ path }) => path);

  try {
    const edge = await draft.put(
      folders.files,
      of("edge"),
      places.edge,
      options,
    );

    const evidence = await draft.put(
      folders.evidence,
      of("evidence"),
      places.evidence,
      options,
    );

    return [...edge, ...evidence];
  } finally {
    progress.end();
  }
}
