import { OUTPUT_LIMITS, type OutputLimits } from "../config/output-limits.ts";
import type { Failure } from "../errors.ts";
import { formatBytes } from "../text/format-bytes.ts";
import { inputFailure } from "./choose-engine.ts";
import type { PlannedFile } from "./plan.ts";

/**
 * Why an engine would be given more than one model may hold, before a byte of it is downloaded; null where it is not.
 * The same limits hold for what it leaves.
 */
export function overLimits(
  folder: string,
  files: readonly Pick<PlannedFile, "path" | "size">[],
  own: Partial<OutputLimits> | null,
): Failure | null {
  const limits = { ...OUTPUT_LIMITS, ...own };
  const most = limits.gigabytes * 1e9;
  // They lie one folder deeper in the work folder, whose depth is limited.
  const deepest = limits.depth - 1;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const depth = files
    .map(({ path }) => path.slice(folder.length + 1).split("/").length - 1)
    .reduce((most, next) => Math.max(most, next), 0);

  if (files.length > limits.files)
    return tooMuch(folder, `${files.length} files`, limits.files, "files");
  if (depth > deepest)
    return tooMuch(folder, `folders ${depth} deep`, deepest, "depth");
  if (bytes > most)
    return tooMuch(folder, formatBytes(bytes), formatBytes(most), "gigabytes");

  return null;
}

function tooMuch(
  folder: string,
  has: string,
  limit: number | string,
  key: keyof OutputLimits,
): Failure {
  return inputFailure(
    "model-too-large",
    `${folder}/ has ${has} for the engine; the limit is ${limit}`,
    `use fewer samples, or raise the limit in the repository's conversion.yaml: \`limits: { ${key}: … }\``,
  );
}
