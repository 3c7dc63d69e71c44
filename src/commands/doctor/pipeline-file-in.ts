import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { isBelow } from "../../disk/is-below.ts";
import {
  type PipelineFile,
  readPipelineFile,
} from "../../gitlab/lint/pipeline-file.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";

/**
 * The pipeline of a checkout, with the files of the checkout that it includes; null where its file is missing or no map
 * of YAML: GitLab has read it, or it is not what a pipeline is made from.
 */
export async function pipelineFileIn(
  folder: string,
  path = ".gitlab-ci.yml",
): Promise<PipelineFile | null> {
  const read = async (name: string) => {
    const file = join(folder, name);
    if (!isBelow(file, normalize(folder))) return null;
    return readFile(file, "utf8").catch(nullUnlessPrevented);
  };

  const text = await read(path);
  return text === null ? null : readPipelineFile(text, read);
}
