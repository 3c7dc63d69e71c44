import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConvertedModel } from "../../convert/convert-model.ts";
import { modelFolders } from "../../convert/workspace.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";
import type {
  Preview,
  PublishedPage,
  ReportModel,
} from "../../report/report-model.ts";
import type { Summary, SummaryModel } from "../../report/summary.ts";
import { inParallel } from "../../store/parallel.ts";
import type { Contract } from "../../validate/contract/contract.ts";
import { readContract } from "../../validate/contract/read-contract.ts";

const MODELS_AT_ONCE = 16;

/** All that the reports show of each model: the documents, the pictures and the names of the classes. */
export async function reportModels(
  out: string,
  summary: Summary,
  models: readonly ConvertedModel[],
  published: (model: SummaryModel) => PublishedPage | null,
): Promise<ReportModel[]> {
  const converted = new Map(
    models.map((model) => [model.conversion.name, model]),
  );

  return inParallel(summary.models, MODELS_AT_ONCE, async (model) => {
    const folders = modelFolders(out, model.name);
    const found = converted.get(model.name) ?? NOTHING;
    const [previews, contract] = await Promise.all([
      readPreviews(folders.previews),
      contractIn(folders.files),
    ]);

    const page = model.status === "unchanged" ? published(model) : null;

    return { summary: model, ...found, previews, contract, published: page };
  });
}

const NOTHING = { conversion: null, verdict: null, performance: null };

/** PNG files by the name of their case. */
export async function readPreviews(folder: string): Promise<Preview[]> {
  // Of a model that is unchanged there are none.
  if (!existsSync(folder)) return [];

  const names = (await readdir(folder).catch(nullUnlessPrevented)) ?? [];
  const pictures = names.filter((name) => name.endsWith(".png")).sort();

  return Promise.all(
    pictures.map(async (name) => ({
      case: name.slice(0, -".png".length),
      png: await readFile(join(folder, name)),
    })),
  );
}

/** The contract of a model's folder; null where there is none that can be read. */
export async function contractIn(files: string): Promise<Contract | null> {
  const file = join(files, "contract.json");
  return existsSync(file) ? (await readContract(file)).contract : null;
}
