import { open, stat } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import type { OnnxModel } from "./model.ts";
import { ModelReader } from "./model-reader.ts";
import { WireReader } from "./wire.ts";

/**
 * Reads a model's structure, with subgraphs and local functions; tensors are skipped, so that any size is fine.
 * Field numbers are those of onnx.proto. Throws `UsageError` (`MalformedOnnx` where the bytes are no model).
 */
export async function readOnnx(path: string): Promise<OnnxModel> {
  // Opening a pipe would wait for ever, reading a folder fails later.
  const info = await stat(path).catch(nullUnlessPrevented);
  if (info?.isFile() === false)
    throw new UsageError(`${path} is no file`, { code: "onnx-unreadable" });
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${path} cannot be read (${error.code ?? "unknown"})`,
      { code: "onnx-unreadable", cause: error },
    );
  });

  try {
    const { size } = await file.stat();
    return new ModelReader(new WireReader(file.fd, size)).model({
      number: 0,
      wire: 2,
      value: 0,
      start: 0,
      end: size,
    });
  } finally {
    await file.close();
  }
}
