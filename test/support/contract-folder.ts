import { STRICT } from "../../src/config/policy.ts";
import { readOnnx } from "../../src/onnx/read-onnx.ts";
import type { Finding } from "../../src/validate/check.ts";
import { contract } from "../../src/validate/checks/contract.ts";
import { findSubject } from "../../src/validate/find-subject.ts";
import { folderOf } from "./model-folder.ts";
import { type ModelInput, onnxModel } from "./onnx-writer.ts";

/** What the check finds of a model and a contract alone, without running anything. */
import { type Plain, withPlainMessage } from "./plain-message.ts";
export async function contractFinding(
  model: ModelInput,
  said: object,
  references: Buffer | null = null,
): Promise<Plain<Finding>> {
  const folder = await folderOf({
    "end2end.onnx": onnxModel(model),
    "contract.json": JSON.stringify({ version: 1, ...said }),
    ...(references ? { "references.safetensors": references } : {}),
  });
  const subject = await findSubject(folder, null, STRICT);
  return withPlainMessage(
    await contract.run(subject, await readOnnx(subject.model)),
  );
}
