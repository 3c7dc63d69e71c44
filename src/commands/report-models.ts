import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConvertedModel } from "../convert/convert-model.ts";
import { modelFolders } from "../convert/workspace.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import type { Preview, ReportModel } from "../report/report-model.ts";
import type { Summary } from "../report/summary.ts";
import { readContract } from "../validate/contract/read-contract.ts";

/** All that the reports show of each model: the documents, the pictures and the names of the classes. */
export async function reportModels(
  out: string,
  summary: Summary,
  models: readonly ConvertedModel[],
): Promise<ReportModel[]> {
  const converted = new Map(
    models.map((model) => [model.conversion.name, model]),
  );
  return Promise.all(
    summary.models.map(async (model) => {
      const folders = modelFolders(out, model.name);
      const { conversion = null, verdict = null } =
        converted.get(model.name) ?? {};
      const [previews, classes] = await Promise.all([
        readPreviews(folders.previews),
        readClasses(folders.files),
      ]);

      return { summary: model, conversion, verdict, previews, classes };
    }),
  );
}

/** PNG files by the name of their case. */
export async function readPreviews(folder: string): Promise<Preview[]> {
  const names = (await readdir(folder).catch(nullUnlessPrevented)) ?? [];
  const pictures = names.filter((name) => name.endsWith(".png")).sort();

  return Promise.all(
    pictures.map(async (name) => ({
      case: name.slice(0, -".png".length),
      png: await readFile(join(folder, name)),
    })),
  );
}

/** Class names by label, from the model's contract; empty where it says none. */
export async function readClasses(files: string): Promise<string[]> {
  const { contract } = await readContract(join(files, "contract.json"));
  return contract?.classes ?? [];
}
