import {
  type ComponentSpecs,
  lintPipeline,
} from "../../../src/gitlab/lint/lint-pipeline.ts";
import { TEMPLATES } from "../../../src/gitlab/lint/our-includes.ts";
import { readPipelineFile } from "../../../src/gitlab/lint/pipeline-file.ts";
import { componentFile, readComponent } from "../../templates/component.ts";

const SPECS = Object.fromEntries(
  TEMPLATES.map((name) => {
    const { inputs } = readComponent(componentFile(`${name}.yml`)).header.spec;

    return [
      name,
      { inputs: Object.keys(inputs), rules: inputs.rules?.default },
    ];
  }),
) as ComponentSpecs;

/** The problems of a pipeline's text, null where it is none. `files`: those of the repository, by path. */
export async function lint(text: string, files: Record<string, string> = {}) {
  const read = async (path: string) => files[path] ?? null;
  const file = await readPipelineFile(text, read);
  return file && lintPipeline(file, SPECS);
}
