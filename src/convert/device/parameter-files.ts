import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PolicyParameters } from "../../config/policy.ts";
import { templateText } from "../../config/read-templates.ts";
import { UsageError } from "../../errors.ts";
import { LABEL_FILE, parametersFile } from "../../model/layout.ts";
import { readJsonObject } from "../../validate/read-json-object.ts";
import { type Known, knownFacts } from "./parameter-facts.ts";
import { renderParameters } from "./render-parameters.ts";

/**
 * Writes `<model>.param.yaml`, and `label.txt` where there are classes, into a model's folder. Throws `UsageError` where
 * the template cannot be filled, or a class cannot be a line.
 */
export async function writeParameters(
  folder: string,
  parameters: PolicyParameters,
  model: Known["model"],
): Promise<void> {
  const { data } = await readJsonObject(join(folder, "contract.json"));
  const known = knownFacts(data, model);
  const text = await templateText(parameters);

  const rendered = renderParameters({ text, file: parameters.template }, known);
  const labels = labelText(known.contract.classes as string[]);

  await writeFile(join(folder, parametersFile(model.name)), rendered);
  if (labels !== "") await writeFile(join(folder, LABEL_FILE), labels);
}

/** Whatever some reader takes for the end of a line, or of a text; no control character belongs in a name. */
const LINE_END = /[\p{Cc}\u2028\u2029]/u;

/** One class a line. Throws `UsageError` for a name that would be two, or none. */
export function labelText(classes: readonly string[]): string {
  const index = classes.findIndex(
    (name) => LINE_END.test(name) || name.trim() === "",
  );
  if (index >= 0)
    throw new UsageError(
      `class ${index}, ${shown(classes[index] ?? "")}, cannot be a line of ${LABEL_FILE}: it is empty, or has a line break or another control character`,
      {
        code: "parameters-value",
        hint: "give the class a name of one line, in the checkpoint or in the file of `classes:`, or leave `parameters:` out",
      },
    );

  return classes.map((name) => `${name}\n`).join("");
}

/** In quotes, with what would break a line escaped. */
function shown(name: string): string {
  return JSON.stringify(name).replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
