import { constants } from "node:fs";
import { appendFile, copyFile, link, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { message, text } from "../../onnx/encode.ts";
import type { OnnxModel } from "../../onnx/model.ts";
import { leavesFolder } from "../external-data.ts";

/**
 * A copy of the model in `folder` whose outputs are also these inner tensors, and with `more` behind it; null where there
 * is nothing to add, or weights lie where they must not.
 * Only bytes are appended: protobuf merges a message that comes twice, so that nothing of the file is read or held in
 * memory. Weights in files of their own are linked beside it. Rejects with the system's error.
 */
export async function withOutputs(
  model: string,
  graph: OnnxModel,
  { names, more }: { names: readonly string[]; more: Buffer },
  folder: string,
): Promise<string | null> {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const added = names.filter((name) => !outputs.has(name));
  if (added.length + more.length === 0) return null;

  if (!(await linkWeights(model, graph, folder))) return null;

  const copy = join(folder, basename(model));
  await rm(copy, { force: true });
  await copyFile(model, copy, constants.COPYFILE_FICLONE);
  await appendFile(copy, Buffer.concat([graphWithOutputs(added), more]));

  return copy;
}

/** Weights in files of their own, linked into `folder`; false where one lies where it must not. */
export async function linkWeights(
  model: string,
  { initializers }: OnnxModel,
  folder: string,
): Promise<boolean> {
  const locations = new Set(
    initializers.flatMap(({ external }) =>
      external ? [external.location] : [],
    ),
  );
  if ([...locations].some(leavesFolder)) return false;

  locations.delete(basename(model));
  for (const location of locations)
    await linkOrCopy(join(dirname(model), location), join(folder, location));

  return true;
}

/** Symbolic links are none of ours to follow here: the check of the structure refuses them. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  await link(from, to).catch(() =>
    copyFile(from, to, constants.COPYFILE_FICLONE),
  );
}

/** `ModelProto { graph { output { name } … } }`, by the field numbers of onnx.proto. */
export function graphWithOutputs(names: readonly string[]): Buffer {
  return message(7, ...names.map((name) => message(12, text(1, name))));
}
