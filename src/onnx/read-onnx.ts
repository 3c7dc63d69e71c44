import type { OnnxModel } from "./model.ts";
import { ModelReader } from "./model-reader.ts";
import { withOnnx } from "./open-onnx.ts";

/**
 * Reads a model's structure, with subgraphs and local functions; tensors are skipped, so that any size is fine.
 * Field numbers are those of onnx.proto. Throws `UsageError` (`MalformedOnnx` where the bytes are no model).
 */
export function readOnnx(path: string): Promise<OnnxModel> {
  return withOnnx(path, (reader, whole) =>
    new ModelReader(reader).model(whole),
  );
}
