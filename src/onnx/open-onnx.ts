import { open, stat } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { type Field, WireReader } from "./wire.ts";

/**
 * Opens a model's file and hands its reader, and the whole file as one message, to `work`. Throws `UsageError` if it
 * cannot be read.
 */
export async function withOnnx<T>(
  path: string,
  work: (reader: WireReader, whole: Field) => T,
): Promise<T> {
  // Opening a pipe would wait for ever, reading a folder fails later.
  const info = await stat(path).catch(nullUnlessPrevented);
  if (info?.isFile() === false)
    throw new UsageError(`${path} is not a file`, {
      code: "onnx-unreadable",
      hint: "name the .onnx file itself, or the folder that contains it",
    });

  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    nullUnlessPrevented(error);
    throw new UsageError(
      `${path} cannot be read (${error.code ?? "unknown"})`,
      {
        code: "onnx-unreadable",
        hint: "make it readable for the user that runs this command, or name another file",
        cause: error,
      },
    );
  });

  try {
    const { size } = await file.stat();
    const whole = { number: 0, wire: 2, value: 0, start: 0, end: size };

    return work(new WireReader(file.fd, size), whole);
  } finally {
    await file.close();
  }
}
